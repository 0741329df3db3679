package io.tamada.core.postgres;

import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.member.MemberName;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
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

    /// Starts the server as a standby, like {@link StartAsStandby}, with copies of logical slots of
    /// the leader. A standby that runs is stopped in order first, once the leader has handed out
    /// what is needed; where it does not, a server that is down is started without.
    record CopySlots(Upstream leader, @Nullable Upstream upstream, SortedMap<String, Logical> slots)
            implements PostgresCommand {

        public CopySlots {
            slots = Collections.unmodifiableSortedMap(new TreeMap<>(slots));
        }
    }

    /// Asks the leader for its slots; the answer is seen as {@link LeaderSlots}.
    record AskSlots(Upstream leader) implements PostgresCommand {}

    record Stop(StopMode mode) implements PostgresCommand {}

    /// Only for the lease holder.
    ///
    /// @param timeline the number that was claimed for the timeline that begins; PostgreSQL is
    ///     made to skip those before it that it does not know of.
    record Promote(Timeline timeline) implements PostgresCommand {}

    /// Points a running standby at another upstream, by reload; at none, so that it lives on the
    /// archive, when there is no upstream. With the upstream it has already, makes the WAL
    /// receiver try again at once.
    record Follow(@Nullable Upstream upstream) implements PostgresCommand {}

    /// Fills the empty data directory with a base backup of the source.
    ///
    /// @param slotOn whom the copy will stream from: our slot is reserved there first. Null for a
    ///     member that does not stream.
    record Clone(MemberName source, Upstream upstream, @Nullable Upstream slotOn)
            implements PostgresCommand {

        /// A copy that will stream from its source.
        public Clone(MemberName source, Upstream upstream) {
            this(source, upstream, upstream);
        }
    }

    /// Fills the empty data directory by a method of the user's that needs no leader.
    record CopyWithoutLeader() implements PostgresCommand {}

    /// Runs pg_rewind against the source, which must be the leader, out of recovery.
    record Rewind(MemberName source, Upstream upstream) implements PostgresCommand {}

    /// Replaces a directory that may not be kept by a base backup. The old one is moved aside
    /// while space permits, and removed when the new one streams.
    ///
    /// @param slotOn as in {@link Clone}.
    record WipeAndClone(MemberName source, Upstream upstream, @Nullable Upstream slotOn)
            implements PostgresCommand {

        /// A copy that will stream from its source.
        public WipeAndClone(MemberName source, Upstream upstream) {
            this(source, upstream, upstream);
        }
    }

    /// Sets whom commits wait for and who may connect, by reload; on a server that is down, for
    /// its next start as a primary. What is in force is seen in {@link ServerStatus.Synchronous}.
    record SetSynchronousStandbys(StandbyNames names, ClientGate gate) implements PostgresCommand {}

    record Checkpoint() implements PostgresCommand {}

    record CreateSlot(String name) implements PostgresCommand {}

    /// Only on a primary.
    record CreateLogicalSlot(String name, String database, String plugin)
            implements PostgresCommand {}

    /// Moves idle slots forward, as far as the server itself has come at the most.
    record AdvanceSlots(SortedMap<String, Lsn> positions) implements PostgresCommand {

        public AdvanceSlots {
            positions = Collections.unmodifiableSortedMap(new TreeMap<>(positions));
        }
    }

    /// Only while nobody uses it.
    record DropSlot(String name) implements PostgresCommand {}
}
