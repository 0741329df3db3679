package io.tamada.core.postgres;

import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import org.jspecify.annotations.Nullable;

/// The control file of a data directory, as far as decisions need it.
///
/// @param checkpoint where the latest checkpoint record begins; after a clean shutdown it is the
///     last record.
/// @param timeline the latest checkpoint's timeline.
/// @param minRecoveryPoint how far a standby must replay to be consistent; null where it is zero.
public record ControlData(
        SystemIdentifier system,
        ControlState state,
        Timeline timeline,
        Lsn checkpoint,
        @Nullable Lsn minRecoveryPoint,
        @Nullable Timeline minRecoveryTimeline) {

    /// Whether this directory was last written by a primary, so that its WAL may have an end of
    /// its own that no other member shares.
    public boolean wasPrimary() {
        return switch (state) {
            case SHUT_DOWN, SHUTTING_DOWN, IN_CRASH_RECOVERY, IN_PRODUCTION -> true;
            case STARTING_UP, SHUT_DOWN_IN_RECOVERY, IN_ARCHIVE_RECOVERY -> false;
        };
    }
}
