/// Real etcd servers for tests.
@NullMarked
package io.tamada.dcs.etcd;

import org.jspecify.annotations.NullMarked;
