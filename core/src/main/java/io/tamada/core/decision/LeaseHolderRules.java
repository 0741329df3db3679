package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.RemoteSource;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.time.Monotonic;
import io.tamada.core.time.Part;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// We hold the lease. Every plan begins with renewing it; only then comes what a leader may do.
final class LeaseHolderRules {

    /// A promotion that has failed so often here will not succeed; somebody else should lead.
    private static final int PROMOTE_ATTEMPTS = 3;

    /// Patroni hands over after the first; one more is a matter of seconds and saves a failover
    /// where something was in the way for a moment.
    private static final int START_ATTEMPTS = 2;

    /// A store that has gone back has lost the claims of those who are away now. So many
    /// promotions of which nobody here has heard have left no one's number to be used twice.
    private static final int UNKNOWN_PROMOTIONS = 10;

    /// Whether the roles that the cluster needs are there.
    enum Roles {
        PROVIDED,
        WANTED
    }

    private LeaseHolderRules() {}

    static Decision decide(Observation seen, Situation.Leading leading) {
        Decision disowned = disown(seen, leading.view());
        if (disowned != null) {
            return disowned;
        }
        if (isTooLate(seen, leading.mayWriteUntil())) {
            return tooLate(seen);
        }
        if (seen.fencing().isGoneForGood(seen.now(), Plans.loopWait(seen))) {
            return stepDown(seen);
        }
        Decision storage = StorageRules.decide(seen, leading.view());
        if (storage != null) {
            return storage;
        }
        return StorageRules.watchful(seen, byServer(seen, leading));
    }

    private static Decision byServer(Observation seen, Situation.Leading leading) {
        RemoteSource remote = seen.config().remote();
        return switch (seen.postgres().process()) {
            case ServerProcess.Answering(ServerStatus status) when remote != null ->
                    StandbyClusterRules.answering(seen, leading, remote, status);
            case ServerProcess.Answering(ServerStatus status) ->
                    status.inRecovery()
                            ? promote(seen, leading.view(), leading.data(), status)
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

    /// The operator wants no primary here that nothing outside the agent would end.
    private static Decision stepDown(Observation seen) {
        String missing = seen.fencing().whyMayNotLead();
        String because = missing == null ? "" : missing;
        return seen.postgres().mayBePrimary()
                ? new Decision(
                        RuleId.LEADER_UNFENCED_STOPS,
                        because,
                        Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.FAST))),
                        Plans.SOON)
                : new Decision(
                        RuleId.LEADER_UNFENCED_HANDS_OVER,
                        because,
                        Plans.handOver(seen, because),
                        Plans.AT_ONCE);
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
        ClusterRecord record = seen.outage().record();
        boolean led = record != null && seen.self().name().equals(record.leader());
        String consented = LeaderlessRules.whyConsented(seen);
        if (consented != null && !led && !seen.postgres().mayBePrimary()) {
            // A primary cannot have consented to another; a standby can, after it has asked for
            // the key and before it got it.
            return new Decision(RuleId.RACE_CONSENTED, consented, List.of(), Plans.loopWait(seen));
        }
        if (seen.outage().doubt().isLeaderStale(view)) {
            // Nobody renews it, and it runs out.
            return new Decision(
                    RuleId.LEADER_KEY_DOUBTED,
                    storeIsAt(view),
                    seen.postgres().mayBePrimary()
                            ? List.of(Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE)))
                            : List.of(),
                    Plans.shorter(Plans.loopWait(seen), Duration.ofSeconds(1)));
        }
        return new Decision(
                RuleId.LEADER_ADOPTS_FORMER_LIFE,
                "",
                List.of(new Action.AdoptLease()),
                Plans.AT_ONCE);
    }

    /// Whether the store has gone back to a key of ours that we had lost: others may have led
    /// since.
    static boolean isDisowned(Observation seen) {
        ClusterView view = seen.view();
        return view != null
                && seen.lease() instanceof LeaderLease.Held
                && !seen.outage().doubt().ledThrough()
                && seen.outage().doubt().isLeaderStale(view);
    }

    static @Nullable Decision disown(Observation seen, ClusterView view) {
        if (!isDisowned(seen)) {
            return null;
        }
        return seen.postgres().mayBePrimary()
                ? new Decision(
                        RuleId.LEADER_KEY_DOUBTED,
                        storeIsAt(view),
                        List.of(Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                        Plans.SOON)
                : new Decision(
                        RuleId.LEADER_KEY_DOUBTED,
                        storeIsAt(view),
                        List.of(new Action.ReleaseLease("the store has gone back")),
                        Plans.AT_ONCE);
    }

    private static String storeIsAt(ClusterView view) {
        return "the store is at revision %d and timeline %s"
                .formatted(view.revision(), view.history().current());
    }

    static Decision promote(
            Observation seen, ClusterView view, DataDirectory.Ready data, ServerStatus status) {
        boolean lives = isRecorded(seen, data);
        if (view.initialization() instanceof Initialization.InProgress && !lives) {
            // It is to come up as what initdb has made, a primary, and behind the gate.
            return new Decision(
                    RuleId.BOOTSTRAP_START,
                    "it runs as a standby: stopping it",
                    Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.FAST))),
                    Plans.SOON);
        }
        if (seen.postgres().operation()
                        instanceof Operation.Failed(Operation.Kind kind, _, String reason, int n)
                && kind == Operation.Kind.PROMOTE
                && (!isReplaying(status)
                        || (n >= PROMOTE_ATTEMPTS && canAnyoneTakeOver(seen, view)))) {
            // What was asked of the server may still come true, so it ends before anybody else may
            // lead; where nobody can, a new start may do what another request would not.
            return new Decision(
                    RuleId.LEADER_CANNOT_PROMOTE,
                    reason + "; stopping the server",
                    Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(StopMode.IMMEDIATE))),
                    Plans.SOON);
        }
        if (seen.postgres().operation()
                        instanceof Operation.Failed(Operation.Kind kind, var at, String reason, _)
                && kind == Operation.Kind.PRE_PROMOTE
                && !Plans.passed(seen, at, seen.timing().ttl())) {
            // As in Patroni, and whether or not anybody else is there.
            return new Decision(
                    RuleId.LEADER_CANNOT_PROMOTE,
                    reason,
                    List.of(new Action.ReleaseLease(reason)),
                    Plans.AT_ONCE);
        }
        if (seen.postgres().operation() instanceof Operation.Failed failed) {
            Duration left = Plans.backOffLeft(seen, failed);
            if (!left.isZero()) {
                // Each failure wakes the loop; without a pause they would chase each other.
                return new Decision(
                        RuleId.LEADER_PROMOTES,
                        "the last attempt failed: " + failed.reason(),
                        Plans.alive(seen),
                        Plans.shorter(left, Plans.loopWait(seen)));
            }
        }
        Timeline next = nextTimeline(seen.self().name(), view, seen.outage(), status);
        // The key of a cluster that lives has been deleted: before it is there again another member
        // could begin a cluster of its own, and what is acknowledged from now on would be gone.
        List<Action> before =
                view.initialization() instanceof Initialization.Done
                        ? List.of()
                        : List.of(new Action.CompleteInitialization(data.control().system()));
        Decision synchronous = SynchronousRules.beforePromotion(seen, status, next, before);
        if (synchronous != null) {
            return synchronous;
        }
        List<Action> plan = new ArrayList<>(before);
        plan.add(new Action.ClaimTimeline(next));
        plan.addAll(SlotRules.dropsBeforePromotion(seen, status));
        plan.add(Plans.instance(new PostgresCommand.Promote(next)));
        return new Decision(
                RuleId.LEADER_PROMOTES,
                "",
                Plans.alive(seen, plan.toArray(Action[]::new)),
                Plans.loopWait(seen));
    }

    /// Whether a promotion may have WAL left to replay first; what an archive has is not known.
    private static boolean isReplaying(ServerStatus status) {
        return status.received() == null
                || status.replayed() == null
                || status.replayed().isBefore(status.received());
    }

    /// A number that no promotion has ever used. PostgreSQL looks at its own history files only;
    /// a primary that ended before anybody streamed from it has left none, and from two timelines
    /// of one number nothing in PostgreSQL could tell which is which.
    private static Timeline nextTimeline(
            MemberName self, ClusterView view, Outage outage, ServerStatus status) {
        Timeline newest = status.timeline();
        ClusterRecord record = outage.record();
        if (record != null && record.timeline().isAfter(newest)) {
            newest = record.timeline();
        }
        Timeline heard = outage.doubt().heard();
        if (heard != null && heard.isAfter(newest)) {
            newest = heard;
        }
        if (view.history().current().isAfter(newest)) {
            newest = view.history().current();
        }
        Timeline claimed = view.claimedTimeline();
        if (claimed != null && claimed.isAfter(newest)) {
            newest = claimed;
        }
        return new Timeline(newest.id() + step(self, outage));
    }

    /// In a doubted store also a number of its own for each member: two may begin from the same
    /// knowledge.
    private static int step(MemberName self, Outage outage) {
        ClusterRecord record = outage.record();
        if (outage.doubt().since() == null || record == null) {
            return 1;
        }
        return UNKNOWN_PROMOTIONS + record.members().headMap(self.value()).size();
    }

    private static Decision lead(
            Observation seen, ClusterView view, DataDirectory.Ready data, ServerStatus status) {
        if (!(view.initialization() instanceof Initialization.Done)) {
            return initialise(seen, view, data);
        }
        Decision requested = SwitchoverRules.leader(seen, view, status);
        if (requested == null) {
            requested = OrderRules.leader(seen);
        }
        if (requested != null) {
            return requested;
        }
        List<Action> plan =
                status.checkpointAfterPromote()
                        ? Plans.alive(seen)
                        : Plans.alive(seen, Plans.instance(new PostgresCommand.Checkpoint()));
        if (seen.postgres().operation() instanceof Operation.Failed failed
                && failed.kind() == Operation.Kind.PROVISION
                && Plans.backOffLeft(seen, failed).isZero()) {
            // That the roles of a cluster that lives cannot be looked after now is no reason to end
            // its primary.
            plan.add(Plans.instance(new PostgresCommand.Provision()));
        }
        if (seen.self().name().equals(view.rebuilding())) {
            // It replaced its data before it came to lead; its turn lies on its lease, and would
            // last as long as that.
            plan.add(new Action.ReleaseRebuild());
        }
        if (view.config() == null) {
            plan.add(new Action.CreateConfig());
        }
        Action failsafe = FailsafePlans.keyToWrite(seen);
        if (failsafe != null) {
            plan.add(failsafe);
        }
        TimelineHistory history = HistoryRecord.toWrite(seen, view, status);
        if (history != null) {
            plan.add(new Action.WriteHistory(history));
        }
        plan.addAll(statusToWrite(seen, view, status));
        return SlotRules.besides(seen, view, status, steady(seen, view, status, plan));
    }

    private static Decision steady(
            Observation seen, ClusterView view, ServerStatus status, List<Action> plan) {
        String trouble = StorageRules.borne(seen);
        if (trouble != null) {
            return new Decision(RuleId.LEADER_STORAGE_ALONE, trouble, plan, Plans.loopWait(seen));
        }
        SynchronousRules.Turn turn = SynchronousRules.whileLeading(seen, view, status);
        if (turn != null) {
            // The renewal first, then the server; the store may refuse what comes last.
            plan.addAll(1, turn.server());
            plan.addAll(turn.store());
            return new Decision(turn.rule(), turn.because(), plan, turn.nextTick());
        }
        return new Decision(
                RuleId.LEADER_STEADY,
                "",
                plan,
                SwitchoverRules.untilDue(seen, Plans.loopWait(seen)));
    }

    static List<Action> statusToWrite(Observation seen, ClusterView view, ServerStatus status) {
        if (status.written() == null || !isStatusDue(seen)) {
            return List.of();
        }
        ClusterStatus fresh = SlotRules.status(seen, view, status, status.written());
        return fresh.equals(view.status()) ? List.of() : List.of(new Action.WriteStatus(fresh));
    }

    /// The position changes all the time, and each write wakes the members who watch the store:
    /// once a turn is enough, however often this loop is woken in between.
    static boolean isStatusDue(Observation seen) {
        Monotonic last = seen.memory().statusWrittenAt();
        return last == null || Plans.passed(seen, last, Part.half(Plans.loopWait(seen)));
    }

    private static Decision initialise(
            Observation seen, ClusterView view, DataDirectory.Ready data) {
        boolean provisioned =
                seen.postgres().operation() instanceof Operation.Succeeded succeeded
                        && succeeded.kind() == Operation.Kind.PROVISION;
        boolean lives = view.initialization() instanceof Initialization.Absent;
        if (provisioned || lives) {
            return complete(seen, view, data, provisioned ? Roles.PROVIDED : Roles.WANTED);
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

    /// Without the key the cluster is one that lives, whose key somebody has deleted or which was
    /// never in a store: another member may begin a cluster until the key is there. Its roles can
    /// wait.
    static Decision complete(
            Observation seen, ClusterView view, DataDirectory.Ready data, Roles roles) {
        List<Action> plan = new ArrayList<>();
        plan.add(new Action.RenewLease());
        if (view.config() == null) {
            plan.add(new Action.CreateConfig());
        }
        if (view.initialization() instanceof Initialization.Absent
                && view.sync() == null
                && seen.config().synchronous().isOn()) {
            // The cluster is older than the store's record of it: until standbys are named
            // again, nobody else may be elected.
            plan.add(new Action.WriteSync(SyncState.leaderOnly(seen.self().name())));
        }
        plan.add(new Action.CompleteInitialization(data.control().system()));
        if (roles == Roles.WANTED) {
            plan.add(Plans.instance(new PostgresCommand.Provision()));
        }
        plan.add(new Action.PublishMember(Plans.self(seen)));
        return new Decision(RuleId.BOOTSTRAP_COMPLETE, "", plan, Plans.AT_ONCE);
    }

    private static Decision silentServer(Observation seen) {
        Monotonic since = seen.memory().primaryDownSince();
        // A primary_start_timeout of zero speaks of servers that have ended; one late answer of a
        // server that lives is no reason to stop it.
        boolean longSilent = since != null && Plans.passed(seen, since, seen.timing().ttl());
        if (longSilent && handOverIsDue(seen)) {
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
        Decision handOver = SwitchoverRules.stopped(seen, leading.view());
        if (handOver != null) {
            return handOver;
        }
        DataDirectory.Ready data = leading.data();
        TimelineHistory history = leading.view().history();
        RemoteSource remote = seen.config().remote();
        boolean outdated =
                remote == null
                        && data.control().wasPrimary()
                        && data.control().timeline().isBefore(history.current())
                        && !beganCurrentTimeline(seen, history);
        if (outdated
                || handOverIsDue(seen)
                || cannotStart(seen, leading.view())
                || cannotPromote(seen, leading.view())) {
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
        if (remote != null) {
            return StandbyClusterRules.start(seen, remote);
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
        Decision first = firstStart(seen, leading.view(), data);
        if (first != null) {
            return first;
        }
        Decision synchronous =
                data.standbySignal() ? null : SynchronousRules.beforeStart(seen, leading.view());
        if (synchronous != null) {
            return synchronous;
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

    /// Whether the data are those of a cluster that has been in the store, whatever it shows now.
    private static boolean isRecorded(Observation seen, DataDirectory.Ready data) {
        ClusterRecord record = seen.outage().record();
        return record != null && data.control().system().equals(record.system());
    }

    /// The start of a primary whose cluster is not in the store yet; null for every other start.
    private static @Nullable Decision firstStart(
            Observation seen, ClusterView view, DataDirectory.Ready data) {
        boolean first =
                switch (view.initialization()) {
                    case Initialization.Done _ -> false;
                    // What initdb has made was never a standby, whatever it was started as.
                    case Initialization.InProgress _ -> !isRecorded(seen, data);
                    case Initialization.Absent() -> !data.standbySignal();
                };
        if (!first) {
            return null;
        }
        List<Action> plan = new ArrayList<>(SynchronousRules.beforeFirstStart(seen, view));
        plan.add(Plans.instance(new PostgresCommand.StartAsPrimary()));
        return new Decision(
                RuleId.BOOTSTRAP_START,
                "",
                Plans.alive(seen, plan.toArray(Action[]::new)),
                Plans.loopWait(seen));
    }

    /// The control file names a new timeline only after its first checkpoint, so a primary that
    /// ends before that looks like one of the timeline before; the history knows better. To hand
    /// over here would lose what was written since the promotion.
    private static boolean beganCurrentTimeline(Observation seen, TimelineHistory history) {
        return !history.entries().isEmpty()
                && seen.self().name().value().equals(history.entries().getLast().newLeader());
    }

    private static String lastFailure(Observation seen) {
        return seen.postgres().operation() instanceof Operation.Failed failed
                ? failed.reason()
                : seen.memory().raceBarredUntil() == null
                        ? "primary_start_timeout has passed"
                        : "its promotion did not end";
    }

    /// Whether the server has been gone for longer than `primary_start_timeout`.
    static boolean handOverIsDue(Observation seen) {
        Monotonic since = seen.memory().primaryDownSince();
        ClusterView view = seen.view();
        return since != null
                && view != null
                && view.initialization() instanceof Initialization.Done
                && Plans.passed(seen, since, OrderRules.startPatience(seen))
                && canAnyoneTakeOver(seen, view);
    }

    /// Whether the server ends at each start: what is wrong will not pass by itself.
    private static boolean cannotStart(Observation seen, ClusterView view) {
        return seen.postgres().operation()
                        instanceof Operation.Failed(Operation.Kind kind, _, _, int attempts)
                && kind == Operation.Kind.START_AS_PRIMARY
                && attempts >= START_ATTEMPTS
                && view.initialization() instanceof Initialization.Done
                && canAnyoneTakeOver(seen, view);
    }

    /// Whether the server was stopped because a promotion did not end.
    private static boolean cannotPromote(Observation seen, ClusterView view) {
        Monotonic barred = seen.memory().raceBarredUntil();
        return barred != null
                && seen.now().isBefore(barred)
                && view.initialization() instanceof Initialization.Done
                && canAnyoneTakeOver(seen, view);
    }

    static boolean canAnyoneTakeOver(Observation seen, ClusterView view) {
        List<MemberName> fit = new ArrayList<>();
        for (Member member : view.members()) {
            if (!member.name().equals(seen.self().name())
                    && member.state() == MemberState.RUNNING
                    && member.role() == MemberRole.REPLICA
                    && !member.tags().neverLeads()
                    && member.whyNot() == null) {
                fit.add(member.name());
            }
        }
        return SynchronousRules.canTakeOver(seen, view, fit);
    }
}
