package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterConfig.Synchronous;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StandbyNames;
import io.tamada.core.quorum.Overlap;
import io.tamada.core.quorum.SyncCandidates;
import io.tamada.core.quorum.SyncStep;
import io.tamada.core.quorum.SyncTarget;
import io.tamada.core.quorum.SyncTransition;
import io.tamada.core.wal.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the leader does for synchronous replication: one safe step a turn, while it is well. A
/// leader that is about to stop, or whose server does not answer, changes nothing: who may be
/// elected then is what was true when it was well.
final class SynchronousRules {

    private static final SyncState NOTHING = new SyncState(null, List.of(), 0);

    private SynchronousRules() {}

    /// A step beside what a leader does anyway.
    ///
    /// @param server goes to the server, before the store hears anything.
    record Turn(
            RuleId rule,
            String because,
            List<Action> server,
            List<Action> store,
            Duration nextTick) {}

    /// For a running primary that holds the lease; null when there is nothing to do.
    static @Nullable Turn whileLeading(Observation seen, ClusterView view, ServerStatus status) {
        if (seen.memory().unprovenRenewals() > 0) {
            return null;
        }
        Synchronous settings = seen.config().synchronous();
        if (!settings.isOn()) {
            return off(seen, view, status);
        }
        if (settings.mode() == SynchronousMode.QUORUM
                && !view.members().stream().allMatch(Member::knowsQuorum)) {
            settings = settings.with(SynchronousMode.ON);
        }
        SynchronousMemory memory = seen.memory().synchronous();
        MemberName self = seen.self().name();
        StandbyNames inForce = memory.inForce(status);
        Set<String> caughtUp = memory.caughtUp(status);
        SyncTarget target =
                SyncCandidates.choose(
                        settings,
                        self,
                        view.members(),
                        view.sync(),
                        status,
                        memory.awaited(seen.now(), Plans.loopWait(seen)),
                        SyncCandidates.Measure.of(
                                seen.config().postgres().parameters().get("synchronous_commit")),
                        view.rebuilding());
        SyncStep step =
                SyncTransition.next(
                        new SyncTransition.Facts(
                                self,
                                view.sync(),
                                memory.doubt(),
                                inForce,
                                memory.reach(status),
                                caughtUp),
                        target);
        String shut = whyShut(seen, view, status, target, caughtUp);
        ClientGate gate = shut == null ? ClientGate.OPEN : ClientGate.SHUT;
        List<Action> server = new ArrayList<>();
        if (step instanceof SyncStep.SetNames(StandbyNames names)) {
            server.add(set(names, gate));
        } else if (gate != status.synchronous().gate()) {
            server.add(set(inForce, gate));
        }
        return turn(seen, status, step, target, server, shut);
    }

    private static @Nullable Turn off(Observation seen, ClusterView view, ServerStatus status) {
        List<Action> store =
                view.sync() == null ? List.of() : List.of(new Action.WriteSync(NOTHING));
        if (status.synchronous().gate() == ClientGate.SHUT) {
            return new Turn(
                    RuleId.GATE_OPENS,
                    "",
                    List.of(set(StandbyNames.NONE, ClientGate.OPEN)),
                    store,
                    Plans.SOON);
        }
        return store.isEmpty()
                ? null
                : new Turn(RuleId.SYNC_ENDS, "", List.of(), store, Plans.loopWait(seen));
    }

    private static @Nullable Turn turn(
            Observation seen,
            ServerStatus status,
            SyncStep step,
            SyncTarget target,
            List<Action> server,
            @Nullable String shut) {
        boolean gated = status.synchronous().gate() == ClientGate.SHUT;
        return switch (step) {
            case SyncStep.Publish(SyncState state) ->
                    new Turn(
                            RuleId.SYNC_PUBLISHES,
                            describe(state),
                            server,
                            List.of(new Action.WriteSync(state)),
                            Plans.AT_ONCE);
            case SyncStep.SetNames(StandbyNames names) ->
                    new Turn(RuleId.SYNC_SETS_NAMES, names.text(), server, List.of(), Plans.SOON);
            case SyncStep.Await(SyncState state) ->
                    new Turn(
                            RuleId.SYNC_CATCHES_UP, describe(state), server, List.of(), Plans.SOON);
            case SyncStep.Settled() -> settled(seen, target, server, shut, gated);
        };
    }

    private static @Nullable Turn settled(
            Observation seen,
            SyncTarget target,
            List<Action> server,
            @Nullable String shut,
            boolean gated) {
        if (shut != null) {
            return new Turn(RuleId.GATE_SHUT, shut, server, List.of(), Plans.SOON);
        }
        if (gated) {
            return new Turn(RuleId.GATE_OPENS, "", server, List.of(), Plans.SOON);
        }
        boolean waits = !seen.memory().synchronous().missingSince().isEmpty();
        if (target.waitsForAnyone()) {
            return new Turn(RuleId.SYNC_BLOCKED, "", server, List.of(), Plans.SOON);
        }
        if (waits) {
            return new Turn(
                    RuleId.SYNC_AWAITS_STANDBY,
                    String.join(", ", seen.memory().synchronous().missingSince().keySet()),
                    server,
                    List.of(),
                    Plans.SOON);
        }
        return null;
    }

    /// Why clients may not come in yet; null when they may. The gate is shut by the start of a
    /// server only; here it is kept shut until nobody can be elected without what clients would
    /// see.
    private static @Nullable String whyShut(
            Observation seen,
            ClusterView view,
            ServerStatus status,
            SyncTarget target,
            Set<String> caughtUp) {
        if (status.synchronous().gate() == ClientGate.OPEN) {
            return null;
        }
        SyncState published = view.sync();
        if (published == null || !published.isLeader(seen.self().name())) {
            return "the store does not name this leader yet";
        }
        boolean alone = published.standbys().isEmpty();
        if (alone && target.waitsForAnyone()) {
            return "synchronous_mode_strict: no synchronous standby has what was recovered";
        }
        return Overlap.hasCaughtUp(published, caughtUp)
                ? null
                : "not enough of %s have what was recovered".formatted(published.standbys());
    }

    /// Before a promotion. What we have replayed may be more than was acknowledged, and nobody
    /// else need have it: from here on we alone may be elected, until standbys have caught up.
    ///
    /// @param next the timeline that the promotion begins.
    /// @param before what has to be written before it, whatever the mode.
    /// @return null when synchronous mode is off.
    static @Nullable Decision beforePromotion(
            Observation seen, ServerStatus status, Timeline next, List<Action> before) {
        Synchronous settings = seen.config().synchronous();
        if (!settings.isOn()) {
            return null;
        }
        StandbyNames alone = alone(settings);
        if (!StandbyNames.parse(status.synchronous().standbyNames()).equals(alone)) {
            return new Decision(
                    RuleId.SYNC_PREPARES,
                    alone.text(),
                    Plans.alive(seen, set(alone, ClientGate.OPEN)),
                    Plans.SOON);
        }
        List<Action> plan = new ArrayList<>();
        plan.add(new Action.RenewLease());
        plan.add(new Action.WriteSync(SyncState.leaderOnly(seen.self().name())));
        plan.addAll(before);
        plan.add(new Action.ClaimTimeline(next));
        plan.addAll(SlotRules.dropsBeforePromotion(seen, status));
        plan.add(Plans.instance(new PostgresCommand.Promote(next)));
        plan.add(new Action.PublishMember(Plans.self(seen)));
        return new Decision(RuleId.SYNC_CLAIMS, "", plan, Plans.loopWait(seen));
    }

    /// Before a server starts as what it was, a primary: commits that were waiting when it ended
    /// will be visible, though nobody else need have them.
    ///
    /// @return null when synchronous mode is off, or the cluster does not exist yet.
    static @Nullable Decision beforeStart(Observation seen, ClusterView view) {
        Synchronous settings = seen.config().synchronous();
        if (!settings.isOn() || !(view.initialization() instanceof Initialization.Done)) {
            return null;
        }
        MemberName self = seen.self().name();
        SyncState published = view.sync();
        List<Action> plan = new ArrayList<>();
        plan.add(new Action.RenewLease());
        boolean ownHba = hasGate(seen);
        if (published != null && published.isLeader(self) && ownHba) {
            plan.add(set(covering(published, settings), ClientGate.SHUT));
        } else {
            // There is nothing to shut a gate with, or no promise was made yet: nobody else may
            // be elected until standbys have caught up.
            plan.add(new Action.WriteSync(SyncState.leaderOnly(self)));
            plan.add(set(alone(settings), ClientGate.OPEN));
        }
        plan.add(Plans.instance(new PostgresCommand.StartAsPrimary()));
        plan.add(new Action.PublishMember(Plans.starting(seen)));
        return new Decision(RuleId.SYNC_RESTARTS, "", plan, Plans.loopWait(seen));
    }

    /// What the server is told before it starts as the primary of a cluster that the `initialize`
    /// key does not name yet. Until then another member may begin a cluster of its own, and what
    /// was acknowledged here would be gone: clients are let in after the key is written.
    static List<Action> beforeFirstStart(Observation seen, ClusterView view) {
        Synchronous settings = seen.config().synchronous();
        SyncState published = view.sync();
        StandbyNames names = settings.isOn() ? alone(settings) : StandbyNames.NONE;
        if (settings.isOn() && published != null && published.isLeader(seen.self().name())) {
            names = covering(published, settings);
        }
        return hasGate(seen) ? List.of(set(names, ClientGate.SHUT)) : List.of();
    }

    /// A file of rules that is the user's own is not touched.
    private static boolean hasGate(Observation seen) {
        return !seen.config().postgres().parameters().containsKey("hba_file");
    }

    /// Whether so many of the members can take over that a leader that hands over is followed.
    ///
    /// @param fit names of those whom nothing else keeps from it.
    static boolean canTakeOver(Observation seen, ClusterView view, List<MemberName> fit) {
        SyncState published = view.sync();
        if (!seen.config().synchronous().isOn() || published == null) {
            return !fit.isEmpty();
        }
        int voters = 0;
        for (MemberName name : fit) {
            voters += published.lists(name) ? 1 : 0;
        }
        return voters > published.quorum();
    }

    private static StandbyNames alone(Synchronous settings) {
        return settings.strict() ? StandbyNames.BLOCKED : StandbyNames.NONE;
    }

    /// The weakest names that keep what is published true.
    private static StandbyNames covering(SyncState published, Synchronous settings) {
        int voters = published.standbys().size();
        return voters == 0 || published.quorum() >= voters
                ? alone(settings)
                : new StandbyNames(voters - published.quorum(), published.standbys());
    }

    private static Action set(StandbyNames names, ClientGate gate) {
        return Plans.instance(new PostgresCommand.SetSynchronousStandbys(names, gate));
    }

    private static String describe(SyncState state) {
        return state.standbys().isEmpty()
                ? "only " + state.leader()
                : "%s or %s, quorum %d"
                        .formatted(
                                state.leader(),
                                String.join(", ", state.standbys()),
                                state.quorum());
    }
}
