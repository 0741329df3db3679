package io.tamada.core.postgres;

import io.tamada.core.member.PendingRestart;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answer to one status query on the local server.
///
/// @param askedAt when the query was sent; its age counts from there.
/// @param inRecovery `pg_is_in_recovery()`.
/// @param written primary: flushed position; standby: null.
/// @param received standby: received and flushed by the WAL receiver; null when none ran yet.
/// @param replayed standby: replayed position.
/// @param replayTimestamp commit time of the last replayed transaction, as PostgreSQL prints it.
/// @param streaming whether a WAL receiver is streaming.
/// @param history ancestry of the current timeline from its history file; empty on timeline 1.
/// @param checkpointAfterPromote whether a checkpoint has completed on the current timeline.
/// @param upstream where `primary_conninfo` points, or null.
/// @param serverVersion number as `server_version_num`.
/// @param postmasterStart start time as PostgreSQL prints it.
/// @param synchronous what is in force of synchronous replication.
/// @param decodes whether its WAL holds what logical slots need (`wal_level`).
/// @param replaysOwn standby: it still replays WAL that was here when it started, and does not say
///     how far that reaches. Until then its positions tell less than what it has confirmed before.
public record ServerStatus(
        Monotonic askedAt,
        boolean inRecovery,
        Timeline timeline,
        @Nullable Lsn written,
        @Nullable Lsn received,
        @Nullable Lsn replayed,
        boolean replayPaused,
        @Nullable String replayTimestamp,
        boolean streaming,
        TimelineHistory history,
        boolean checkpointAfterPromote,
        @Nullable Upstream upstream,
        List<SlotState> slots,
        List<ReplicationConnection> replication,
        PendingRestart restart,
        int serverVersion,
        String postmasterStart,
        Synchronous synchronous,
        boolean decodes,
        boolean replaysOwn) {

    public ServerStatus {
        slots = List.copyOf(slots);
        replication = List.copyOf(replication);
    }

    /// Of a server without logical decoding, whose positions tell all that it has.
    public ServerStatus(
            Monotonic askedAt,
            boolean inRecovery,
            Timeline timeline,
            @Nullable Lsn written,
            @Nullable Lsn received,
            @Nullable Lsn replayed,
            boolean replayPaused,
            @Nullable String replayTimestamp,
            boolean streaming,
            TimelineHistory history,
            boolean checkpointAfterPromote,
            @Nullable Upstream upstream,
            List<SlotState> slots,
            List<ReplicationConnection> replication,
            boolean pendingRestart,
            int serverVersion,
            String postmasterStart,
            Synchronous synchronous) {
        this(
                askedAt,
                inRecovery,
                timeline,
                written,
                received,
                replayed,
                replayPaused,
                replayTimestamp,
                streaming,
                history,
                checkpointAfterPromote,
                upstream,
                slots,
                replication,
                PendingRestart.of(pendingRestart),
                serverVersion,
                postmasterStart,
                synchronous,
                false,
                false);
    }

    public boolean pendingRestart() {
        return restart.needed();
    }

    public @Nullable SlotState slot(String name) {
        for (SlotState slot : slots) {
            if (slot.name().equals(name)) {
                return slot;
            }
        }
        return null;
    }

    /// A slot of the local server that is not temporary (PostgreSQL manual,
    /// "pg_replication_slots").
    ///
    /// @param database of a logical slot; null for a physical one, as is `plugin`.
    /// @param restartLsn from where on WAL is kept; null until the slot reserves WAL.
    /// @param confirmedFlush up to where a logical slot's consumer has confirmed; else null.
    /// @param holdsVacuum whether it keeps old row versions for a standby (`xmin`).
    /// @param lost whether WAL that it needs is gone (`wal_status`).
    /// @param keptByServer whether PostgreSQL itself keeps it in step with a standby or a primary
    ///     (17 and later: `failover`, `synced`).
    /// @param catalogXmin the oldest transaction whose catalog rows it keeps; null for none.
    public record SlotState(
            String name,
            boolean physical,
            @Nullable String database,
            @Nullable String plugin,
            boolean active,
            @Nullable Lsn restartLsn,
            @Nullable Lsn confirmedFlush,
            boolean holdsVacuum,
            boolean lost,
            boolean keptByServer,
            @Nullable Long catalogXmin) {

        /// How far its consumer has come: the restart position of a physical slot, what was
        /// confirmed of a logical one.
        public @Nullable Lsn position() {
            return physical ? restartLsn : confirmedFlush;
        }

        /// A slot that keeps no rows of the catalog.
        public SlotState(
                String name,
                boolean physical,
                @Nullable String database,
                @Nullable String plugin,
                boolean active,
                @Nullable Lsn restartLsn,
                @Nullable Lsn confirmedFlush,
                boolean holdsVacuum,
                boolean lost,
                boolean keptByServer) {
            this(
                    name,
                    physical,
                    database,
                    plugin,
                    active,
                    restartLsn,
                    confirmedFlush,
                    holdsVacuum,
                    lost,
                    keptByServer,
                    null);
        }

        /// A slot about which there is nothing more to say.
        public SlotState(String name, boolean physical, boolean active, @Nullable Lsn restartLsn) {
            this(name, physical, null, null, active, restartLsn, null, false, false, false);
        }
    }

    /// What the server says of its synchronous replication.
    ///
    /// @param standbyNames `synchronous_standby_names` in force, as it is written.
    /// @param gate whether only the roles of the agents may connect.
    /// @param checkpointerListens whether the checkpointer is at a place where it has read the
    ///     configuration and would read a new one at once (`pg_stat_activity.wait_event`).
    public record Synchronous(String standbyNames, ClientGate gate, boolean checkpointerListens) {

        public static final Synchronous NONE = new Synchronous("", ClientGate.OPEN, true);
    }

    /// How long ago the standby has confirmed what it has received last, by what it has done with
    /// it; null where PostgreSQL does not say, as on a server without writes.
    public record Lag(
            @Nullable Duration write, @Nullable Duration flush, @Nullable Duration replay) {

        public static final Lag UNKNOWN = new Lag(null, null, null);
    }

    /// A row of `pg_stat_replication`.
    ///
    /// @param syncState `async`, `potential`, `sync` or `quorum`.
    /// @param syncPriority zero when the server does not wait for this standby.
    public record ReplicationConnection(
            String applicationName,
            String user,
            @Nullable String clientAddress,
            String state,
            String syncState,
            int syncPriority,
            @Nullable Lsn sent,
            @Nullable Lsn written,
            @Nullable Lsn flushed,
            @Nullable Lsn replayed,
            Lag lag) {}

    /// How far this server's data reaches: what counts in an election. While it
    /// {@link #replaysOwn} that is how far it reaches at least.
    public Lsn position() {
        if (written != null) {
            return written;
        }
        Lsn r = received == null ? Lsn.ZERO : received;
        return replayed == null ? r : Lsn.max(r, replayed);
    }
}
