package io.tamada.core.decision;

import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.time.Monotonic;
import java.util.ArrayList;
import java.util.List;

/// Ending in order: the server goes down while the lease is still renewed, and only a server that
/// is known to be down gives the lease away. The other way round two primaries would meet.
final class ShutdownRules {

    private ShutdownRules() {}

    static Decision decide(Observation seen) {
        if (seen.config().pause()) {
            return new Decision(
                    RuleId.SHUTDOWN_IN_PAUSE,
                    "",
                    List.of(new Action.Exit(0, RuleId.SHUTDOWN_IN_PAUSE.sentence())),
                    Plans.AT_ONCE);
        }
        boolean storeAnswers = seen.view() != null;
        boolean busy = seen.postgres().operation() instanceof Operation.Running;
        if (!seen.postgres().isDown() || busy) {
            String hangs = SlowStop.why(seen);
            StopMode mode = hangs == null ? stopMode(seen) : StopMode.IMMEDIATE;
            Action stop = Plans.instance(new PostgresCommand.Stop(mode));
            // The stop comes first: it must not wait for an answer of the store.
            List<Action> plan = new ArrayList<>();
            plan.add(stop);
            if (storeAnswers) {
                plan.addAll(Plans.alive(seen));
            }
            return hangs == null
                    ? new Decision(RuleId.SHUTDOWN_STOPS_SERVER, "", plan, Plans.SOON)
                    : new Decision(RuleId.SHUTDOWN_STOP_HANGS, hangs, plan, Plans.SOON);
        }
        if (storeAnswers && seen.lease() instanceof LeaderLease.Held) {
            return new Decision(
                    RuleId.SHUTDOWN_HANDS_OVER,
                    "",
                    Plans.handOver(seen, RuleId.SHUTDOWN_HANDS_OVER.sentence()),
                    Plans.AT_ONCE);
        }
        // The farewell comes last: whether it can be said or not, the agent ends.
        List<Action> plan = new ArrayList<>();
        plan.add(new Action.Exit(0, RuleId.SHUTDOWN_COMPLETE.sentence()));
        if (storeAnswers) {
            plan.add(new Action.PublishMember(Plans.self(seen)));
        }
        return new Decision(RuleId.SHUTDOWN_COMPLETE, "", plan, Plans.AT_ONCE);
    }

    /// Fast, unless the lease would run out under a server that takes its time, or somebody else
    /// may lead already.
    private static StopMode stopMode(Observation seen) {
        boolean late =
                switch (seen.lease()) {
                    case LeaderLease.Held(Monotonic until) ->
                            seen.memory().unprovenRenewals() > 0 && isDemoteBy(seen, until);
                    case LeaderLease.Unconfirmed(Monotonic until) -> isDemoteBy(seen, until);
                    case LeaderLease.HeldByOther _ -> true;
                    case LeaderLease.Unknown _ -> seen.memory().everRead();
                    case LeaderLease.FormerLife _, LeaderLease.Vacant _ -> false;
                };
        return late && seen.postgres().mayBePrimary() ? StopMode.IMMEDIATE : StopMode.FAST;
    }

    private static boolean isDemoteBy(Observation seen, Monotonic mayWriteUntil) {
        return seen.now().isAtOrAfter(seen.timing().demoteBy(mayWriteUntil));
    }
}
