/// What the store knows of the cluster: leader, members, dynamic configuration, history.
@NullMarked
package io.tamada.core.cluster;

import org.jspecify.annotations.NullMarked;
