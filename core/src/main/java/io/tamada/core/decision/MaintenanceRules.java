package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.failover.LeaderRace;
import io.tamada.core.follow.SourceChoice;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.Member;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.time.Monotonic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pause: the operator has the instance in hand. The agent keeps the lease of a running primary
/// and looks after its synchronous standbys and slots, and otherwise only reports; it neither
/// starts, stops, promotes nor follows.
final class MaintenanceRules {

    private MaintenanceRules() {}

    static Decision decide(Observation seen, ClusterView view) {
        Decision ordered = OrderRules.paused(seen, view);
        if (ordered != null) {
            return ordered;
        }
        return switch (seen.lease()) {
            case LeaderLease.Held(Monotonic _) -> leader(seen, view);
            case LeaderLease.FormerLife() when seen.postgres().mayBePrimary() ->
                    LeaseHolderRules.formerLife(seen, view);
            case LeaderLease.Vacant() -> vacant(seen, view);
            case LeaderLease.FormerLife _,
                    LeaderLease.HeldByOther _,
                    LeaderLease.Unconfirmed _,
                    LeaderLease.Unknown _ -> {
                Decision back = comesBack(seen, view);
                yield back == null ? member(seen) : back;
            }
        };
    }

    /// In pause a copy is made only by order, and a server is stopped by this agent only for a
    /// switchover or an order: what is asked for ends with a standby.
    private static @Nullable Decision comesBack(Observation seen, ClusterView view) {
        Member leader = view.leaderMember();
        if (leader == null
                || !seen.postgres().isDown()
                || !(seen.postgres().directory() instanceof DataDirectory.Ready)
                || !(seen.postgres().operation()
                        instanceof Operation.Succeeded(Operation.Kind kind, _))
                || (kind != Operation.Kind.CLONE && kind != Operation.Kind.STOP)) {
            return null;
        }
        Member source =
                SourceChoice.ofReplication(
                        seen.self().name(), seen.self().tags().replicateFrom(), view, leader);
        return new Decision(
                RuleId.PAUSED_STANDBY_STARTS,
                source.name().value(),
                Plans.alive(
                        seen,
                        Plans.instance(
                                new PostgresCommand.StartAsStandby(
                                        seen.self().tags().noStream()
                                                ? null
                                                : Upstream.ofConnUrl(source.connUrl())))),
                Plans.loopWait(seen));
    }

    private static Decision leader(Observation seen, ClusterView view) {
        Decision requested = requested(seen, view);
        if (requested != null) {
            return requested;
        }
        if (!seen.postgres().mayBePrimary() && !seen.config().standbyCluster()) {
            // As in Patroni: a leader without a primary would keep the others from being asked for.
            List<Action> plan = new ArrayList<>();
            plan.add(new Action.ReleaseLease(RuleId.PAUSED_LEADER_WITHOUT_PRIMARY.sentence()));
            plan.add(new Action.PublishMember(Plans.self(seen)));
            return new Decision(
                    RuleId.PAUSED_LEADER_WITHOUT_PRIMARY, "", plan, Plans.loopWait(seen));
        }
        ServerStatus status = seen.postgres().status();
        return status == null
                        || status.inRecovery()
                        || seen.postgres().operation() instanceof Operation.Running
                ? new Decision(
                        RuleId.PAUSED_LEADER, note(seen), Plans.alive(seen), Plans.loopWait(seen))
                : lookAfter(seen, view, status);
    }

    /// As in Patroni: whom commits wait for, what the others know of the position, and the slots
    /// that are missing go on being looked after. No slot is dropped.
    private static Decision lookAfter(Observation seen, ClusterView view, ServerStatus status) {
        List<Action> plan = new ArrayList<>(Plans.alive(seen));
        SynchronousRules.Turn turn = SynchronousRules.whileLeading(seen, view, status);
        if (turn != null) {
            plan.addAll(1, turn.server());
        }
        plan.addAll(LeaseHolderRules.statusToWrite(seen, view, status));
        plan.addAll(SlotRules.creations(seen, view, status));
        if (turn == null) {
            return new Decision(RuleId.PAUSED_LEADER, note(seen), plan, Plans.loopWait(seen));
        }
        plan.addAll(turn.store());
        return new Decision(turn.rule(), turn.because(), plan, turn.nextTick());
    }

    /// What an operator has asked for by name is done in pause as well.
    private static @Nullable Decision requested(Observation seen, ClusterView view) {
        FailoverRequest request = SwitchoverRules.due(seen, view);
        ServerStatus status = seen.postgres().status();
        if (request == null || seen.postgres().operation() instanceof Operation.Running) {
            return null;
        }
        if (seen.postgres().isDown()) {
            return SwitchoverRules.stopped(seen, view);
        }
        if (status == null) {
            return null;
        }
        if (!status.inRecovery()) {
            return SwitchoverRules.leader(seen, view, status);
        }
        return request.isCandidate(seen.self().name())
                        && seen.postgres().directory() instanceof DataDirectory.Ready ready
                ? LeaseHolderRules.promote(seen, view, ready, status)
                : null;
    }

    private static Decision vacant(Observation seen, ClusterView view) {
        ServerStatus status = seen.postgres().status();
        ControlData control = seen.postgres().control();
        FailoverRequest request = SwitchoverRules.due(seen, view);
        if (status != null
                && status.inRecovery()
                && request != null
                && request.isCandidate(seen.self().name())) {
            Decision takes = SwitchoverRules.race(seen, view, status);
            return takes == null ? member(seen) : takes;
        }
        if (status == null || status.inRecovery() || control == null) {
            return member(seen);
        }
        if (view.initialization() instanceof Initialization.Done(var cluster)
                && !cluster.equals(control.system())) {
            return member(seen, "the running primary belongs to another cluster");
        }
        String whyNot =
                LeaderRace.whyPrimaryMayNotContinue(
                        seen.self().name(), seen.config(), view, status, seen.peers());
        return whyNot == null
                ? new Decision(
                        RuleId.PAUSED_PRIMARY_RECLAIMS,
                        "",
                        Plans.alive(seen, new Action.AcquireLease()),
                        Plans.loopWait(seen))
                : member(seen, whyNot);
    }

    /// What the operator has said of this pause.
    private static String note(Observation seen) {
        return seen.config().pauseNote().text();
    }

    private static Decision member(Observation seen) {
        return member(seen, note(seen));
    }

    private static Decision member(Observation seen, String because) {
        return new Decision(RuleId.PAUSED_MEMBER, because, Plans.alive(seen), Plans.loopWait(seen));
    }
}
