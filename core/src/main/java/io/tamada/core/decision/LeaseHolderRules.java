package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.failover.LeaderRace;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.slot.SlotPlan;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// We hold the lease. Every plan begins with renewing it; only then comes what a leader may do.
final class LeaseHolderRules {

    /// A promotion that has failed so often here will not succeed; somebody else should lead.
    private static final int PROMOTE_ATTEMPTS = 3;

    private LeaseHolderRules() {}

    static Decision decide(Observation seen, Situation.Leading leading) {
        if (isTooLate(seen, leading.mayWriteUntil())) {
            return tooLate(seen);
        }
        return switch (seen.postgres().process()) {
            case ServerProcess.Answering(ServerStatus status) ->
                    status.inRecovery()
                            ? promote(seen, leading)
                            : lead(seen, leading.view(), leading.data(), status);
            case ServerProcess.NotAnswering _ -> silentServer(seen);
            case ServerProcess.Down() -> bringBack(seen, leading);
        };
    }

    /// The store still shows our key, but renewing it has not been proven in time. One attempt at
    /// least was made since the deadline began to press.
    static boolean isTooLate(Observation seen, Monotonic mayWriteUntil) {
        return seen.postgres().mayBePrimary()
                && seen.memory().unprovenRenewals() > 0
                && seen.now().isAtOrAfter(seen.timing().demoteBy(mayWriteUntil));
    }

    static Decision tooLate(Observation seen) {
        return new Decision(
                RuleId.LEADER_TOO_LATE,
                "",
                List.of(
                        Plans.instance(new PostgresCommand.Stop(StopMode.FAST)),
                        new Action.RenewLease()),
                Plans.SOON);
    }

    /// The leader key names us, but this process did not win it: it is left from before a restart
    /// of the agent, unless a stranger uses our name.
    static Decision formerLife(Observation seen, ClusterView view) {
        Member own = view.member(seen.self().name());
        boolean ours =
                own == null
                        || own.identity() == null
                        || own.identity().equals(seen.self().identity());
        if (!ours) {
            List<Action> plan =
                    seen.postgres().mayBePrimary() && !seen.config().pause()
                            ? List.of(Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE)))
                            : List.of();
            return new Decision(RuleId.NAME_TAKEN, "", plan, Plans.loopWait(seen));
        }
        return new Decision(
                RuleId.LEADER_ADOPTS_FORMER_LIFE,
                "",
                List.of(new Action.AdoptLease()),
                Plans.AT_ONCE);
    }

    private static Decision promote(Observation seen, Situation.Leading leading) {
        if (seen.postgres().operation()
                        instanceof Operation.Failed(Operation.Kind kind, _, String reason, int n)
                && kind == Operation.Kind.PROMOTE
                && n >= PROMOTE_ATTEMPTS
                && canAnyoneTakeOver(seen, leading.view())) {
            return new Decision(
                    RuleId.LEADER_CANNOT_PROMOTE,
                    reason,
                    List.of(new Action.ReleaseLease(reason)),
                    Plans.AT_ONCE);
        }
        return new Decision(
                RuleId.LEADER_PROMOTES,
                "",
                Plans.alive(seen, Plans.instance(new PostgresCommand.Promote())),
                Plans.loopWait(seen));
    }

    private static Decision lead(
            Observation seen, ClusterView view, DataDirectory.Ready data, ServerStatus status) {
        if (!(view.initialization() instanceof Initialization.Done)) {
            return initialise(seen, view, data);
        }
        List<Action> plan = new ArrayList<>(Plans.alive(seen));
        if (view.config() == null) {
            plan.add(new Action.CreateConfig());
        }
        TimelineHistory history = historyToWrite(seen, view, status);
        if (history != null) {
            plan.add(new Action.WriteHistory(history));
        }
        if (status.written() != null && !status.written().equals(view.status().optime())) {
            ClusterStatus last = view.status();
            plan.add(
                    new Action.WriteStatus(
                            new ClusterStatus(status.written(), last.slots(), last.retainSlots())));
        }
        if (seen.config().postgres().useSlots()) {
            plan.addAll(
                    SlotPlan.of(
                                    seen.self().name(),
                                    view.members(),
                                    status.slots(),
                                    seen.memory().absentSince(),
                                    seen.now(),
                                    seen.config().memberSlotsTtl())
                            .stream()
                            .map(Plans::instance)
                            .toList());
        }
        String unbuilt = LeaderRace.whyNotBuilt(seen.config(), view);
        return new Decision(
                RuleId.LEADER_STEADY, unbuilt == null ? "" : unbuilt, plan, Plans.loopWait(seen));
    }

    private static Decision initialise(
            Observation seen, ClusterView view, DataDirectory.Ready data) {
        if (seen.postgres().operation() instanceof Operation.Succeeded succeeded
                && succeeded.kind() == Operation.Kind.PROVISION) {
            List<Action> plan = new ArrayList<>();
            plan.add(new Action.RenewLease());
            if (view.config() == null) {
                plan.add(new Action.CreateConfig());
            }
            plan.add(new Action.CompleteInitialization(data.control().system()));
            plan.add(new Action.PublishMember(Plans.self(seen)));
            return new Decision(RuleId.BOOTSTRAP_COMPLETE, "", plan, Plans.AT_ONCE);
        }
        if (seen.postgres().operation() instanceof Operation.Failed failed
                && failed.kind() == Operation.Kind.PROVISION) {
            return new Decision(
                    RuleId.BOOTSTRAP_FAILED,
                    failed.reason(),
                    List.of(
                            new Action.Exit(
                                    1,
                                    RuleId.BOOTSTRAP_FAILED.sentence() + ": " + failed.reason())),
                    Plans.AT_ONCE);
        }
        return new Decision(
                RuleId.BOOTSTRAP_PROVISION,
                "",
                Plans.alive(seen, Plans.instance(new PostgresCommand.Provision())),
                Plans.loopWait(seen));
    }

    /// Our server knows the history of its timeline; what people have added to the entries that
    /// are in the store already stays. Null when the store is up to date.
    private static @Nullable TimelineHistory historyToWrite(
            Observation seen, ClusterView view, ServerStatus status) {
        TimelineHistory own = status.history();
        if (!own.current().equals(status.timeline())) {
            // The history file of a new timeline has not been read yet.
            return null;
        }
        List<TimelineHistory.Entry> merged = new ArrayList<>();
        boolean changed = view.history().entries().size() != own.entries().size();
        for (TimelineHistory.Entry entry : own.entries()) {
            TimelineHistory.Entry known = find(view.history(), entry);
            if (known == null) {
                changed = true;
                boolean newest = entry.equals(own.entries().getLast());
                merged.add(
                        new TimelineHistory.Entry(
                                entry.timeline(),
                                entry.switchPoint(),
                                entry.reason(),
                                null,
                                newest ? seen.self().name().value() : null));
            } else {
                merged.add(known);
            }
        }
        int limit = seen.config().maxTimelinesHistory();
        if (limit > 0 && merged.size() > limit) {
            merged = merged.subList(merged.size() - limit, merged.size());
            changed = !merged.equals(view.history().entries());
        }
        return changed ? new TimelineHistory(merged) : null;
    }

    private static TimelineHistory.@Nullable Entry find(
            TimelineHistory history, TimelineHistory.Entry wanted) {
        for (TimelineHistory.Entry entry : history.entries()) {
            if (entry.timeline().equals(wanted.timeline())
                    && entry.switchPoint().equals(wanted.switchPoint())) {
                return entry;
            }
        }
        return null;
    }

    private static Decision silentServer(Observation seen) {
        if (handOverIsDue(seen)) {
            return new Decision(
                    RuleId.LEADER_HANDS_OVER,
                    "the server has not answered for primary_start_timeout",
                    Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                    Plans.SOON);
        }
        return new Decision(
                RuleId.LEADER_SERVER_SILENT,
                "",
                Plans.alive(seen),
                Plans.shorter(Plans.loopWait(seen), Duration.ofSeconds(1)));
    }

    private static Decision bringBack(Observation seen, Situation.Leading leading) {
        DataDirectory.Ready data = leading.data();
        boolean outdated =
                data.control().timeline().isBefore(leading.view().history().current())
                        && data.control().wasPrimary();
        if (outdated || (handOverIsDue(seen) && canAnyoneTakeOver(seen, leading.view()))) {
            String because =
                    outdated
                            ? "its timeline %s is behind the cluster's %s"
                                    .formatted(
                                            data.control().timeline(),
                                            leading.view().history().current())
                            : lastFailure(seen);
            return new Decision(
                    RuleId.LEADER_HANDS_OVER,
                    because,
                    List.of(new Action.ReleaseLease(RuleId.LEADER_HANDS_OVER.sentence())),
                    Plans.AT_ONCE);
        }
        if (seen.postgres().operation() instanceof Operation.Failed failed) {
            Duration left = Plans.backOffLeft(seen, failed);
            if (!left.isZero()) {
                return new Decision(
                        RuleId.LEADER_RESTART_IN_PLACE,
                        "the last attempt failed: " + failed.reason(),
                        Plans.alive(seen),
                        Plans.shorter(left, Plans.loopWait(seen)));
            }
        }
        return data.standbySignal()
                ? new Decision(
                        RuleId.LEADER_START_AS_STANDBY,
                        "",
                        Plans.alive(seen, Plans.instance(new PostgresCommand.StartAsStandby(null))),
                        Plans.loopWait(seen))
                : new Decision(
                        RuleId.LEADER_RESTART_IN_PLACE,
                        "",
                        Plans.alive(seen, Plans.instance(new PostgresCommand.StartAsPrimary())),
                        Plans.loopWait(seen));
    }

    private static String lastFailure(Observation seen) {
        return seen.postgres().operation() instanceof Operation.Failed failed
                ? failed.reason()
                : "primary_start_timeout has passed";
    }

    /// Whether the server has been gone for longer than `primary_start_timeout`.
    static boolean handOverIsDue(Observation seen) {
        Monotonic since = seen.memory().primaryDownSince();
        ClusterConfig config = seen.config();
        ClusterView view = seen.view();
        return since != null
                && view != null
                && view.initialization() instanceof Initialization.Done
                && Plans.passed(seen, since, config.primaryStartTimeout())
                && canAnyoneTakeOver(seen, view);
    }

    private static boolean canAnyoneTakeOver(Observation seen, ClusterView view) {
        for (Member member : view.members()) {
            if (!member.name().equals(seen.self().name())
                    && member.state() == MemberState.RUNNING
                    && member.role() == MemberRole.REPLICA
                    && !member.tags().neverLeads()) {
                return true;
            }
        }
        return false;
    }
}
