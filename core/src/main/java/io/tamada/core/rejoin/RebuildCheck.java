package io.tamada.core.rejoin;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.postgres.Headway;
import io.tamada.core.rewind.RewindCheck;
import io.tamada.core.wal.Lsn;
import org.jspecify.annotations.Nullable;

/// Whether a directory that will not stream may be replaced by a new copy of the leader's.
///
/// Nothing that only this member has is ever removed without a setting that says so. What counts
/// as such: the data of a primary, and WAL that is not known to be a part of the leader's line.
/// The rest is a prefix of what the leader has, and a copy of the leader loses nothing.
public final class RebuildCheck {

    private static final String BY_HAND =
            "; or move the data directory away by hand (mv DATA_DIR DATA_DIR.old), and it is cloned"
                    + " anew";

    private RebuildCheck() {}

    /// @param check where the instance lies on the leader's line.
    /// @param reached how far its WAL is known to reach; null when that is not known.
    /// @param leaderPosition how far the leader is known to be.
    /// @return why it may not be replaced, with what to do; null when it may.
    public static @Nullable String whyNot(
            ClusterConfig config,
            Climb climb,
            Headway headway,
            RewindCheck check,
            @Nullable Lsn reached,
            Lsn leaderPosition) {
        var settings = config.postgres();
        if (climb.copies().areSpent()) {
            return "%d new copies in a row have never streamed, and another one would fail like them: look into the server's log"
                            .formatted(climb.copies().inARow())
                    + BY_HAND;
        }
        boolean isAllowedAll =
                settings.removeDataDirectoryOnRewindFailure()
                        || settings.removeDataDirectoryOnDivergedTimelines();
        if (isAllowedAll) {
            return null;
        }
        String unique = unique(headway, check, reached, leaderPosition);
        if (unique != null) {
            return unique
                    + ": set remove_data_directory_on_diverged_timelines or"
                    + " remove_data_directory_on_rewind_failure"
                    + BY_HAND;
        }
        return config.rejoin().rebuildStandby()
                ? null
                : "tamada.rebuild_standby is off: set it" + BY_HAND;
    }

    private static @Nullable String unique(
            Headway headway, RewindCheck check, @Nullable Lsn reached, Lsn leaderPosition) {
        if (headway.hasLed()) {
            return "it was a primary and has not streamed since, so that it may hold WAL that nobody"
                    + " else has";
        }
        if (check != RewindCheck.ON_LINE) {
            return "it is not known to lie on the leader's line (" + check + ")";
        }
        if (reached == null || reached.isAfter(leaderPosition)) {
            return "its WAL reaches to %s, the leader's to %s"
                    .formatted(reached == null ? "an unknown position" : reached, leaderPosition);
        }
        return null;
    }
}
