/// The wire, tried against real etcd servers.
@NullMarked
package io.tamada.dcs.grpc;

import org.jspecify.annotations.NullMarked;
