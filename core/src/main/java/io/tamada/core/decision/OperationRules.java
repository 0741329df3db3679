package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import java.util.ArrayList;
import java.util.List;

/// A long operation is under way: the agent stays alive and lets it run, unless it leads to a
/// primary that may not be one any more.
final class OperationRules {

    private OperationRules() {}

    static Decision decide(Observation seen, Operation.Running running) {
        String because = running.progress();
        if (seen.lease() instanceof LeaderLease.Held(var mayWriteUntil)) {
            if (LeaseHolderRules.isTooLate(seen, mayWriteUntil)) {
                return LeaseHolderRules.tooLate(seen);
            }
            ClusterView view = seen.view();
            Decision disowned = view == null ? null : LeaseHolderRules.disown(seen, view);
            if (disowned != null) {
                return disowned;
            }
            Decision storage = view == null ? null : StorageRules.decide(seen, view);
            if (storage != null) {
                return storage;
            }
            String hangs = SlowStop.why(seen);
            if (hangs != null) {
                return stopHangs(seen, hangs);
            }
            boolean starting =
                    running.kind() == Operation.Kind.START_AS_PRIMARY
                            || running.kind() == Operation.Kind.START_AS_STANDBY;
            if (starting && LeaseHolderRules.handOverIsDue(seen)) {
                return new Decision(
                        RuleId.LEADER_HANDS_OVER,
                        because,
                        Plans.alive(
                                seen, Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                        Plans.SOON);
            }
            if (starting && HeldUp.isStalled(seen)) {
                return stalled(seen, running);
            }
            return StorageRules.watchful(
                    seen,
                    new Decision(
                            RuleId.OPERATION_RUNNING_AS_LEADER,
                            because,
                            Plans.alive(seen),
                            Plans.loopWait(seen)));
        }
        boolean makesPrimary =
                switch (running.kind()) {
                    case START_AS_PRIMARY, PROMOTE, PRE_PROMOTE, PROVISION -> true;
                    case INITDB, START_AS_STANDBY, STOP, CLONE, REWIND -> false;
                };
        if (makesPrimary) {
            return new Decision(
                    RuleId.OPERATION_AGAINST_LOST_LEASE,
                    because,
                    List.of(Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                    Plans.SOON);
        }
        boolean slowStop = running.kind() == Operation.Kind.STOP && seen.postgres().mayBePrimary();
        if (seen.lease() instanceof LeaderLease.HeldByOther(var leader)
                && (slowStop || seen.postgres().isPrimary())) {
            // A fast stop was enough while nobody else led. It may take its time over a busy
            // session or a slow checkpoint, and now each write is one too many.
            List<Action> plan = new ArrayList<>();
            plan.add(Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE)));
            plan.addAll(Plans.alive(seen));
            return new Decision(RuleId.DEPOSED_PRIMARY_STOPS, leader + " leads", plan, Plans.SOON);
        }
        String hangs = SlowStop.why(seen);
        if (hangs != null) {
            return stopHangs(seen, hangs);
        }
        // While nobody leads a half-made copy may be the best there is; a start that is called off
        // is made again.
        boolean mayEnd =
                seen.lease() instanceof LeaderLease.HeldByOther
                        || (seen.lease() instanceof LeaderLease.Vacant
                                && running.kind() == Operation.Kind.START_AS_STANDBY);
        if (mayEnd && HeldUp.isStalled(seen)) {
            return stalled(seen, running);
        }
        return new Decision(
                RuleId.OPERATION_RUNNING, because, Plans.alive(seen), Plans.loopWait(seen));
    }

    private static Decision stalled(Observation seen, Operation.Running running) {
        return new Decision(
                RuleId.OPERATION_STALLED,
                running.kind() + ", at: " + running.progress(),
                Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                Plans.SOON);
    }

    private static Decision stopHangs(Observation seen, String because) {
        return new Decision(
                RuleId.OPERATION_STOP_HANGS,
                because,
                Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                Plans.SOON);
    }
}
