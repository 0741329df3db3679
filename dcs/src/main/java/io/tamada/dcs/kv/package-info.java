/// etcd's primitives on bytes, and nothing of the cluster: the seam between the rules of the
/// store, which run in the simulator too, and the wire, which does not.
@NullMarked
package io.tamada.dcs.kv;

import org.jspecify.annotations.NullMarked;
