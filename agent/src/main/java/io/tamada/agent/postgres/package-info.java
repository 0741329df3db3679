/// The local PostgreSQL instance: its files, its processes, its answers, and the operations on
/// it.
///
/// `LinuxPostgresControl` is the door. Three rules hold everywhere behind it: the postmaster
/// lives in a session of its own and is signalled explicitly; "down" means that no process of the
/// instance is left; what the agent must remember about a data directory lies beside it, never in
/// it, because base backups and rewinds copy what is inside.
@NullMarked
package io.tamada.agent.postgres;

import org.jspecify.annotations.NullMarked;
