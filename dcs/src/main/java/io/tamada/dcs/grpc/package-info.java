/// etcd over gRPC: one plain channel an endpoint, a deadline on every call, and one endpoint at a
/// time until it fails. The messages are jetcd's generated ones; its client is not used (see
/// docs/adr/0003).
@NullMarked
package io.tamada.dcs.grpc;

import org.jspecify.annotations.NullMarked;
