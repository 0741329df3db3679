package io.tamada.core.postgres;

import io.tamada.core.member.MemberName;
import org.jspecify.annotations.Nullable;

/// What the loop may ask of the local instance. All are idempotent; the long ones mean "be doing
/// this" and report back as {@link Operation}.
public sealed interface PostgresCommand {

    /// Creates a new instance in the empty data directory.
    record Initdb() implements PostgresCommand {}

    /// Creates the roles that the cluster needs and, after our own initdb, runs the bootstrap
    /// hooks.
    record Provision() implements PostgresCommand {}

    /// Starts the server as what it was, without `standby.signal`. Only for the lease holder.
    record StartAsPrimary() implements PostgresCommand {}

    /// Starts the server in standby mode; without upstream it recovers what it has and waits.
    record StartAsStandby(@Nullable Upstream upstream) implements PostgresCommand {}

    record Stop(StopMode mode) implements PostgresCommand {}

    /// Only for the lease holder.
    record Promote() implements PostgresCommand {}

    /// Points a running standby at another upstream, by reload. With the upstream it has already,
    /// makes the WAL receiver try again at once.
    record Follow(Upstream upstream) implements PostgresCommand {}

    /// Fills the empty data directory with a base backup of the source, its slot reserved first.
    record Clone(MemberName source, Upstream upstream) implements PostgresCommand {}

    /// Runs pg_rewind against the source, which must be the leader, out of recovery.
    record Rewind(MemberName source, Upstream upstream) implements PostgresCommand {}

    /// Wipes a directory that may not be kept and clones again; only where the settings say so.
    record WipeAndClone(MemberName source, Upstream upstream) implements PostgresCommand {}

    record Checkpoint() implements PostgresCommand {}

    record CreateSlot(String name) implements PostgresCommand {}

    record DropSlot(String name) implements PostgresCommand {}
}
