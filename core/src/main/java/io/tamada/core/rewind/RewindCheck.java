package io.tamada.core.rewind;

import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import org.jspecify.annotations.Nullable;

/// Whether an instance still lies on the leader's line of history.
///
/// Intuition: a timeline that the leader has left behind ended at its switch point. Whoever wrote
/// past that point on that timeline has WAL that nobody else shares, and must be rewound before
/// it can follow. Invariant: `ON_LINE` is answered only when every byte of local WAL is known to
/// be part of the leader's history.
public enum RewindCheck {
    /// Can follow as it is.
    ON_LINE,
    /// Has WAL of its own past the point where the leader's timeline branched off.
    DIVERGED,
    /// Was primary on the very timeline on which another leads now: two promotions from one point
    /// have taken the same number, as the later one had not seen the first. pg_rewind compares
    /// numbers and would find nothing to do, and streaming would mix the two histories.
    FORKED,
    /// Cannot be told from what is known: the end of the local WAL, or the leader's history, is
    /// missing.
    UNKNOWN;

    private static final Lsn NEVER_SHARED = Lsn.ZERO;

    /// For an instance that is down and whose leader is another member.
    ///
    /// @param leaderTimeline what the leader says of itself; its history leads to the same
    ///     timeline only once it has been published.
    public static RewindCheck ofStopped(
            DataDirectory.Ready data, Timeline leaderTimeline, TimelineHistory history) {
        ControlData control = data.control();
        Timeline timeline = control.timeline();
        if (control.minRecoveryTimeline() != null
                && control.minRecoveryTimeline().isAfter(timeline)) {
            timeline = control.minRecoveryTimeline();
        }
        if (timeline.equals(leaderTimeline)) {
            // A copy made by hand or by pg_basebackup carries its source's control file; what this
            // agent itself has run without standby.signal was a primary here.
            boolean wasLeader = control.wasPrimary() && data.knownHere() && !data.standbySignal();
            return wasLeader ? FORKED : ON_LINE;
        }
        if (timeline.isAfter(leaderTimeline)) {
            return DIVERGED;
        }
        Lsn switchPoint = switchPoint(timeline, leaderTimeline, history);
        if (switchPoint == null) {
            return UNKNOWN;
        }
        if (control.wasPrimary()) {
            // The checkpoint record of a clean shutdown is the last of its WAL: if it begins
            // before the switch point, the new leader has it. After a crash more WAL may follow
            // it.
            if (!control.checkpoint().isBefore(switchPoint)) {
                return DIVERGED;
            }
            return control.state() == ControlState.SHUT_DOWN ? ON_LINE : UNKNOWN;
        }
        Lsn reached =
                control.minRecoveryPoint() == null
                        ? control.checkpoint()
                        : Lsn.max(control.minRecoveryPoint(), control.checkpoint());
        return reached.isAfter(switchPoint) ? DIVERGED : ON_LINE;
    }

    /// For a running standby.
    public static RewindCheck ofStandby(
            ServerStatus status, Timeline leaderTimeline, TimelineHistory history) {
        if (status.timeline().equals(leaderTimeline)) {
            return ON_LINE;
        }
        if (status.timeline().isAfter(leaderTimeline)) {
            return DIVERGED;
        }
        Lsn switchPoint = switchPoint(status.timeline(), leaderTimeline, history);
        if (switchPoint == null) {
            return UNKNOWN;
        }
        if (status.position().isAfter(switchPoint)) {
            return DIVERGED;
        }
        return status.replaysOwn() ? UNKNOWN : ON_LINE;
    }

    private static @Nullable Lsn switchPoint(
            Timeline timeline, Timeline leaderTimeline, TimelineHistory history) {
        if (!history.current().equals(leaderTimeline)) {
            return null;
        }
        // Whoever is on a skipped timeline has left the leader's line, however little it has
        // written there.
        return history.isSkipped(timeline) ? NEVER_SHARED : history.switchPointOf(timeline);
    }
}
