package io.tamada.core.postgres;

import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
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
        boolean pendingRestart,
        int serverVersion,
        String postmasterStart) {

    public ServerStatus {
        slots = List.copyOf(slots);
        replication = List.copyOf(replication);
    }

    /// A slot of the local server. `restartLsn` is null until the slot reserves WAL.
    public record SlotState(
            String name, boolean physical, boolean active, @Nullable Lsn restartLsn) {}

    /// A row of `pg_stat_replication`.
    public record ReplicationConnection(
            String applicationName,
            String user,
            @Nullable String clientAddress,
            String state,
            String syncState,
            int syncPriority,
            @Nullable Lsn sent,
            @Nullable Lsn flushed,
            @Nullable Lsn replayed) {}

    /// How far this server's data reaches: what counts in an election.
    public Lsn position() {
        if (written != null) {
            return written;
        }
        Lsn r = received == null ? Lsn.ZERO : received;
        return replayed == null ? r : Lsn.max(r, replayed);
    }
}
