/// The cluster's shared state in etcd v3: the port of the core over etcd's primitives, in the
/// layout of Patroni's keys. No threads and no gRPC here: this package runs in the simulator too.
@NullMarked
package io.tamada.dcs;

import org.jspecify.annotations.NullMarked;
