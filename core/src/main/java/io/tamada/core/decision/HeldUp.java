package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.postgres.Headway;
import io.tamada.core.postgres.Headway.Trouble;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.rejoin.Lag;
import io.tamada.core.rejoin.Progress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Whether a standby will get no further from its own data, and why.
final class HeldUp {

    /// WAL that is gone from the upstream does not come back; asked this long after, it was no
    /// mistake.
    static final Duration GONE_PATIENCE = Duration.ofSeconds(10);

    /// A server that was started anew so often and still gets nothing has something wrong in it.
    static final int STALL_ATTEMPTS = 2;

    /// A server that fails to start so often will not.
    static final int START_ATTEMPTS = 3;

    private HeldUp() {}

    /// A running standby that only a new copy can help; null when it may go on.
    static @Nullable String hopeless(Observation seen, ClusterView view, ServerStatus status) {
        Climb climb = seen.memory().climb();
        Duration patience = seen.config().rejoin().patience();
        Lag lag = climb.lag();
        if (lag != null && lag.isHopeless(seen.now(), patience)) {
            return "it is %d MB or more behind the leader, more than tamada.rebuild_lag, and comes no nearer"
                    .formatted(lag.bytes() >> 20);
        }
        Headway headway = seen.postgres().headway();
        Progress progress = climb.progress();
        if (status.streaming() || progress == null || !progress.isOf(Climbing.RECEIPT)) {
            return null;
        }
        Duration gone = headway.restores() ? patience : Plans.shorter(GONE_PATIENCE, patience);
        Trouble trouble = headway.trouble();
        if (trouble != null
                && trouble.kind() == Trouble.Kind.WAL_REMOVED
                && progress.isStalled(seen.now(), gone)) {
            return trouble.reason()
                    + (headway.restores() ? ", and the archive does not have it either" : "");
        }
        return climb.stalls() >= STALL_ATTEMPTS && getsNothing(seen, view, status)
                ? "it receives nothing, though the upstream would send it WAL"
                : null;
    }

    /// A running standby that does not move, for no reason that is known.
    static boolean getsNothing(Observation seen, ClusterView view, ServerStatus status) {
        Progress progress = seen.memory().climb().progress();
        return progress != null
                && progress.isOf(Climbing.RECEIPT)
                && !status.streaming()
                && status.upstream() != null
                && !status.replayPaused()
                && seen.postgres().headway().trouble() == null
                && seen.postgres().headway().odometer() >= 0
                && status.position().isBefore(Climbing.leaderPosition(view))
                && progress.isStalled(seen.now(), seen.config().rejoin().patience());
    }

    /// A server that is down and that only a new copy can help; null when it may be started.
    static @Nullable String unstartable(Observation seen) {
        Climb climb = seen.memory().climb();
        if (climb.hopeless() != null) {
            return climb.hopeless();
        }
        Trouble trouble = seen.postgres().headway().trouble();
        if (startFailures(seen) >= START_ATTEMPTS
                && trouble != null
                && trouble.kind() == Trouble.Kind.RECOVERY_FAILS) {
            return trouble.reason();
        }
        return climb.stalls() >= STALL_ATTEMPTS
                ? "its recovery was started %d times and got no further".formatted(climb.stalls())
                : null;
    }

    static int startFailures(Observation seen) {
        return seen.postgres().operation() instanceof Operation.Failed failed
                        && failed.kind() == Operation.Kind.START_AS_STANDBY
                ? failed.attempt()
                : 0;
    }

    /// Whether what is under way has not moved for too long.
    static boolean isStalled(Observation seen) {
        Progress progress = seen.memory().climb().progress();
        return progress != null
                && !progress.isOf(Climbing.RECEIPT)
                && progress.isStalled(seen.now(), seen.config().rejoin().patience());
    }
}
