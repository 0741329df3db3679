package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.rejoin.Progress;
import java.util.ArrayList;
import java.util.List;

/// When the turn to replace data is given back. It lies on the agent's session, and would last as
/// long as that where the new copy never streams: so it is kept only while something is under way
/// that may end in streaming, and taken anew for the next attempt.
final class RebuildTurn {

    private RebuildTurn() {}

    /// The decision, with the turn given back where nothing keeps it.
    static Decision settle(Observation seen, Decision decision) {
        ClusterView view = seen.view();
        if (view == null
                || !seen.self().name().equals(view.rebuilding())
                || !(seen.lease() instanceof LeaderLease.HeldByOther)
                || isNeeded(seen, decision)) {
            return decision;
        }
        List<Action> plan = new ArrayList<>(decision.plan());
        plan.add(new Action.ReleaseRebuild());
        return new Decision(decision.rule(), decision.because(), plan, decision.nextTick());
    }

    private static boolean isNeeded(Observation seen, Decision decision) {
        if (seen.postgres().operation() instanceof Operation.Running
                || decision.plan().contains(new Action.ClaimRebuild())) {
            return true;
        }
        boolean acts = decision.plan().stream().anyMatch(a -> a instanceof Action.Instance);
        return switch (decision.rule()) {
            // The copy is made, or the server that has it is started.
            case CLONE_FROM_LEADER,
                    CLONE_FROM_STANDBY,
                    REJOIN_AS_STANDBY,
                    PAUSED_STANDBY_STARTS,
                    STANDBY_GETS_NOTHING ->
                    acts;
            case STANDBY_NOT_READY -> getsOn(seen);
            case FOLLOWING, FOLLOW_NEW_LEADER, FOLLOW_OTHER_MEMBER -> isStillComing(seen);
            // Backing off, spent, not allowed, on the archive, or with nothing to replace.
            default -> false;
        };
    }

    /// Whether a running server may be about to stream: WAL has come, or the wait is short.
    private static boolean isStillComing(Observation seen) {
        ServerStatus status = seen.postgres().status();
        return status != null && !status.streaming() && status.upstream() != null && getsOn(seen);
    }

    private static boolean getsOn(Observation seen) {
        Progress progress = seen.memory().climb().progress();
        return progress != null
                && !progress.isStalled(seen.now(), seen.config().rejoin().patience());
    }
}
