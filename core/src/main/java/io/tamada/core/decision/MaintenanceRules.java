package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.failover.LeaderRace;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.time.Monotonic;
import java.util.ArrayList;
import java.util.List;

/// Pause: the operator has the instance in hand. The agent keeps the lease of a running primary
/// and otherwise only reports; it neither starts, stops, promotes nor follows.
final class MaintenanceRules {

    private MaintenanceRules() {}

    static Decision decide(Observation seen, ClusterView view) {
        return switch (seen.lease()) {
            case LeaderLease.Held(Monotonic _) -> leader(seen);
            case LeaderLease.FormerLife() when seen.postgres().mayBePrimary() ->
                    LeaseHolderRules.formerLife(seen, view);
            case LeaderLease.Vacant() -> vacant(seen, view);
            case LeaderLease.FormerLife _,
                    LeaderLease.HeldByOther _,
                    LeaderLease.Unconfirmed _,
                    LeaderLease.Unknown _ ->
                    member(seen, "");
        };
    }

    private static Decision leader(Observation seen) {
        if (!seen.postgres().mayBePrimary()) {
            // As in Patroni: a leader without a primary would keep the others from being asked for.
            List<Action> plan = new ArrayList<>();
            plan.add(new Action.ReleaseLease(RuleId.PAUSED_LEADER_WITHOUT_PRIMARY.sentence()));
            plan.add(new Action.PublishMember(Plans.self(seen)));
            return new Decision(
                    RuleId.PAUSED_LEADER_WITHOUT_PRIMARY, "", plan, Plans.loopWait(seen));
        }
        return new Decision(RuleId.PAUSED_LEADER, "", Plans.alive(seen), Plans.loopWait(seen));
    }

    private static Decision vacant(Observation seen, ClusterView view) {
        ServerStatus status = seen.postgres().status();
        ControlData control = seen.postgres().control();
        if (status == null || status.inRecovery() || control == null) {
            return member(seen, "");
        }
        if (view.initialization() instanceof Initialization.Done(var cluster)
                && !cluster.equals(control.system())) {
            return member(seen, "the running primary belongs to another cluster");
        }
        String whyNot =
                LeaderRace.whyPrimaryMayNotContinue(seen.config(), view, status, seen.peers());
        return whyNot == null
                ? new Decision(
                        RuleId.PAUSED_PRIMARY_RECLAIMS,
                        "",
                        Plans.alive(seen, new Action.AcquireLease()),
                        Plans.loopWait(seen))
                : member(seen, whyNot);
    }

    private static Decision member(Observation seen, String because) {
        return new Decision(RuleId.PAUSED_MEMBER, because, Plans.alive(seen), Plans.loopWait(seen));
    }
}
