package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.RemoteSource;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// We hold the lease of a cluster that follows another one: its leader is a standby. Nothing is
/// promoted here, and a primary steps down.
final class StandbyClusterRules {

    private StandbyClusterRules() {}

    /// For a server that answers.
    static Decision answering(
            Observation seen, Situation.Leading leading, RemoteSource remote, ServerStatus status) {
        if (!status.inRecovery()) {
            return new Decision(
                    RuleId.STANDBY_CLUSTER_DEMOTES,
                    remote.toString(),
                    Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.FAST))),
                    Plans.SOON);
        }
        ClusterView view = leading.view();
        if (!(view.initialization() instanceof Initialization.Done)) {
            // The roles came with the copy.
            return LeaseHolderRules.complete(
                    seen, view, leading.data(), LeaseHolderRules.Roles.PROVIDED);
        }
        Decision requested = handsOver(seen, view, status);
        if (requested == null) {
            requested = OrderRules.leader(seen);
        }
        if (requested != null) {
            return requested;
        }
        boolean follows = Objects.equals(Upstream.of(remote), status.upstream());
        List<Action> plan =
                follows
                        ? Plans.alive(seen)
                        : Plans.alive(
                                seen,
                                Plans.instance(new PostgresCommand.Follow(Upstream.of(remote))));
        TimelineHistory history = HistoryRecord.toWrite(seen, view, status);
        if (history != null) {
            plan.add(new Action.WriteHistory(history));
        }
        ClusterStatus fresh = SlotRules.status(seen, view, status, status.position());
        if (LeaseHolderRules.isStatusDue(seen) && !fresh.equals(view.status())) {
            plan.add(new Action.WriteStatus(fresh));
        }
        Action failsafe = FailsafePlans.keyToWrite(seen);
        if (failsafe != null) {
            plan.add(failsafe);
        }
        boolean streams = status.streaming() || Upstream.of(remote) == null;
        Duration next = follows && streams ? Plans.loopWait(seen) : StandbyRules.UNSETTLED;
        return SlotRules.besides(
                seen,
                view,
                status,
                new Decision(
                        follows ? RuleId.STANDBY_LEADER : RuleId.STANDBY_LEADER_FOLLOWS,
                        remote + (streams ? "" : ", not streaming yet"),
                        plan,
                        next));
    }

    /// Nothing has to be stopped: whoever takes the key follows the other cluster from then on, and
    /// this member follows it.
    private static @Nullable Decision handsOver(
            Observation seen, ClusterView view, ServerStatus status) {
        FailoverRequest request = SwitchoverRules.due(seen, view);
        if (request == null) {
            return null;
        }
        String impossible = SwitchoverRules.whyImpossible(seen, view, request, status);
        return impossible == null
                ? new Decision(
                        RuleId.SWITCHOVER_HANDS_OVER,
                        request.toString(),
                        List.of(new Action.ReleaseLease("switchover " + request)),
                        Plans.AT_ONCE)
                : SwitchoverRules.cleared(seen, request, impossible);
    }

    /// For a server that is down.
    static Decision start(Observation seen, RemoteSource remote) {
        if (seen.postgres().operation() instanceof Operation.Failed failed) {
            Duration left = Plans.backOffLeft(seen, failed);
            if (!left.isZero()) {
                return new Decision(
                        RuleId.STANDBY_LEADER_STARTS,
                        "the last attempt failed: " + failed.reason(),
                        Plans.alive(seen),
                        Plans.shorter(left, Plans.loopWait(seen)));
            }
        }
        return new Decision(
                RuleId.STANDBY_LEADER_STARTS,
                remote.toString(),
                Plans.alive(
                        seen,
                        Plans.instance(new PostgresCommand.StartAsStandby(Upstream.of(remote)))),
                Plans.loopWait(seen));
    }
}
