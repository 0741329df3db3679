/// Real clusters on one machine: etcd, agents and PostgreSQL as processes of their own, killed,
/// stopped and brought back, while a ledger of acknowledged writes is kept. What an agent says of
/// itself is never the proof; the ledger and the servers are.
@NullMarked
package io.tamada.chaos.cluster;

import org.jspecify.annotations.NullMarked;
