/// What every cluster store over any etcd, real or simulated, has to keep.
@NullMarked
package io.tamada.dcs.contract;

import org.jspecify.annotations.NullMarked;
