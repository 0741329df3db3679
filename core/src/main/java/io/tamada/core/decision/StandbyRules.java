package io.tamada.core.decision;

import io.tamada.core.postgres.Headway.Trouble;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.rejoin.RebuildCheck;
import io.tamada.core.rewind.RewindCheck;
import io.tamada.core.wal.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Another member holds the lease: stop being a primary at once, and follow.
final class StandbyRules {

    /// How often a standby that does not stream is looked at.
    static final Duration UNSETTLED = Duration.ofSeconds(1);

    private StandbyRules() {}

    static Decision decide(Observation seen, Situation.Following following) {
        if (seen.postgres().mayBePrimary()) {
            List<Action> plan = new ArrayList<>();
            plan.add(Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE)));
            plan.addAll(Plans.alive(seen));
            return new Decision(
                    RuleId.DEPOSED_PRIMARY_STOPS,
                    following.leader().name() + " leads",
                    plan,
                    Plans.SOON);
        }
        if (seen.holdsInitialization()) {
            return new Decision(
                    RuleId.BOOTSTRAP_FAILED,
                    following.leader().name() + " leads a cluster of this name already",
                    Plans.alive(seen, new Action.AbandonInitialization()),
                    Plans.AT_ONCE);
        }
        Decision ordered = OrderRules.standby(seen, following.view());
        if (ordered != null) {
            return ordered;
        }
        LeaderSource leader = LeaderSource.of(following);
        return switch (seen.postgres().process()) {
            case ServerProcess.NotAnswering _ ->
                    HeldUp.isStalled(seen)
                            ? startAnew(seen, StopMode.IMMEDIATE, "its start does not get on")
                            : steady(seen, RuleId.STANDBY_NOT_READY, "");
            case ServerProcess.Answering(ServerStatus status) -> follow(seen, leader, status);
            case ServerProcess.Down() -> RejoinRules.decide(seen, leader, following.data());
        };
    }

    private static Decision follow(Observation seen, LeaderSource leader, ServerStatus status) {
        if (leader.upstream() == null || leader.timeline() == null) {
            return steady(seen, RuleId.LEADER_NOT_READY, leader.name());
        }
        LeaderSource.Target target = leader.target(seen);
        boolean right = Objects.equals(target.upstream(), status.upstream());
        String hopeless = right ? HeldUp.hopeless(seen, leader.view(), status) : null;
        if (hopeless == null && right && status.streaming()) {
            return SlotRules.besides(
                    seen,
                    leader.view(),
                    status,
                    new Decision(
                            RuleId.FOLLOWING,
                            target.name(),
                            Plans.alive(seen),
                            Plans.loopWait(seen)));
        }
        if (RewindCheck.ofStandby(status, leader.timeline(), leader.history())
                == RewindCheck.DIVERGED) {
            if (seen.outage().doubt().isLeaderStale(leader.view())) {
                return steady(seen, RuleId.LEADER_NOT_READY, Outage.Doubt.LEADER_IS_STALE);
            }
            return new Decision(
                    RuleId.STANDBY_DIVERGED,
                    "timeline %s at %s; %s leads on timeline %s"
                            .formatted(
                                    status.timeline(),
                                    status.position(),
                                    leader.name(),
                                    leader.timeline()),
                    Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.FAST))),
                    Plans.SOON);
        }
        if (hopeless != null) {
            return heldUp(seen, leader, target, status, hopeless);
        }
        if (right && HeldUp.getsNothing(seen, leader.view(), status)) {
            return startAnew(seen, StopMode.FAST, "it receives nothing from " + target.name());
        }
        if (right && target.upstream() == null) {
            return new Decision(
                    RuleId.FOLLOWING,
                    leader.name() + ", by way of the archive",
                    Plans.alive(seen),
                    Plans.loopWait(seen));
        }
        // Asking for the upstream it has already makes the WAL receiver try again at once, instead
        // of after wal_retrieve_retry_interval.
        Trouble trouble = seen.postgres().headway().trouble();
        return new Decision(
                right ? RuleId.FOLLOWING : target.pointing(leader),
                !right
                        ? target.name()
                        : target.name()
                                + ", not streaming"
                                + (trouble == null ? " yet" : ": " + trouble.reason()),
                Plans.alive(seen, Plans.instance(new PostgresCommand.Follow(target.upstream()))),
                Plans.shorter(Plans.loopWait(seen), UNSETTLED));
    }

    private static Decision startAnew(Observation seen, StopMode mode, String because) {
        return new Decision(
                RuleId.STANDBY_GETS_NOTHING,
                because,
                Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(mode))),
                Plans.SOON);
    }

    /// It serves readers, old as its data are, so it runs on until its data may be replaced.
    private static Decision heldUp(
            Observation seen,
            LeaderSource leader,
            LeaderSource.Target target,
            ServerStatus status,
            String hopeless) {
        Timeline timeline = leader.timeline();
        // One that does not stream is taken off the list by the leader, when its turn has come.
        boolean counted = status.streaming() && CopyPlan.whyCounts(seen, leader.view()) != null;
        String whyNot =
                timeline == null || counted
                        ? "it is a synchronous standby"
                        : RebuildCheck.whyNot(
                                seen.config(),
                                seen.memory().climb(),
                                seen.postgres().headway(),
                                RewindCheck.ofStandby(status, timeline, leader.history()),
                                status.position(),
                                Climbing.leaderPosition(leader.view()));
        if (whyNot != null) {
            return new Decision(
                    RuleId.STANDBY_HELD_UP,
                    hopeless + "; " + whyNot,
                    Plans.alive(
                            seen, Plans.instance(new PostgresCommand.Follow(target.upstream()))),
                    Plans.loopWait(seen));
        }
        Decision wait = CopyPlan.waiting(seen, leader.view());
        return wait != null
                ? wait
                : CopyPlan.inTurn(
                        seen,
                        RuleId.STANDBY_STUCK,
                        hopeless,
                        new PostgresCommand.Stop(StopMode.FAST));
    }

    static Decision steady(Observation seen, RuleId rule, String because) {
        return new Decision(
                rule, because, Plans.alive(seen), Plans.shorter(Plans.loopWait(seen), UNSETTLED));
    }
}
