package io.tamada.core.decision;

import static io.tamada.core.Facts.SYSTEM;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.Initialization;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.StandbyNames;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What must hold of every decision, in every combination of a small domain.
class EveryDecisionIsSafeTest {

    private static final int STEP_LENGTH = 60;
    private static final PostgresCommand BEHIND_THE_GATE =
            new PostgresCommand.SetSynchronousStandbys(StandbyNames.NONE, ClientGate.SHUT);

    @Test
    void everyCombinationHasASafeDecision() {
        // One example of each kind is enough to begin with.
        SortedMap<String, String> violations = new TreeMap<>();
        EnumSet<RuleId> reached = EnumSet.noneOf(RuleId.class);
        long[] visited = {0};
        SmallDomain.forEach(
                seen -> {
                    visited[0]++;
                    Decision decision = Decider.decide(seen);
                    reached.add(decision.rule());
                    String violation = violation(seen, decision);
                    if (violation != null) {
                        violations.computeIfAbsent(
                                violation + " (" + decision.rule() + ")",
                                _ -> story(seen, decision));
                    }
                });
        assertThat(violations).isEmpty();
        assertThat(visited[0]).isGreaterThan(500_000);
        assertThat(reached).hasSizeGreaterThan(40);
    }

    private static String story(Observation seen, Decision decision) {
        StringBuilder plan = new StringBuilder();
        for (Action step : decision.plan()) {
            String text = step.toString();
            plan.append(text, 0, Math.min(text.length(), STEP_LENGTH)).append("; ");
        }
        return "\n  plan %s\n  wish %s, lease %s, unproven %d, claim %s\n  %s\n  %s\n  %s\n"
                .formatted(
                        plan,
                        seen.wish(),
                        seen.lease(),
                        seen.memory().unprovenRenewals(),
                        seen.holdsInitialization(),
                        seen.postgres().directory(),
                        seen.postgres().operation(),
                        seen.view() == null ? "no view" : seen.view().initialization());
    }

    private static @Nullable String violation(Observation seen, Decision decision) {
        Plan plan = new Plan(decision.plan());
        boolean held = seen.lease() instanceof LeaderLease.Held;
        boolean paused = seen.config().pause();
        boolean mayBePrimary = seen.postgres().mayBePrimary();

        if (decision.nextTick().isNegative()
                || decision.nextTick().compareTo(seen.timing().loopWait()) > 0) {
            return "the next turn comes in time";
        }
        if (decision.nextTick().isZero() && decision.plan().isEmpty()) {
            return "who does nothing does not hurry";
        }
        if (plan.makesPrimary() && !(held && plan.startsWithRenewal())) {
            return "only the lease holder makes a primary, and only after a proven renewal";
        }
        if (plan.makesPrimary() && !isInStore(seen) && !plan.keepsClientsOutOrWritesKey()) {
            return "nobody is promised anything before the cluster is in the store";
        }
        if (plan.has(Action.ReleaseLease.class) && mayBePrimary) {
            return "a lease is not given away under a server that may be a primary";
        }
        if (plan.stops() && (plan.starts() || plan.makesPrimary() || plan.copies())) {
            return "nothing is started and stopped in one plan";
        }
        if ((plan.starts() || plan.copies() || plan.begins(PostgresCommand.Initdb.class))
                && !(seen.postgres().process() instanceof ServerProcess.Down)) {
            return "what needs the data directory for itself waits until the server is down";
        }
        if (plan.starts() && !(seen.postgres().directory() instanceof DataDirectory.Ready)) {
            return "only a whole data directory is started";
        }
        if (plan.begins(PostgresCommand.Clone.class)
                && seen.postgres().directory() instanceof DataDirectory.Ready) {
            return "a directory with data is not cloned over";
        }
        if (plan.begins(PostgresCommand.WipeAndClone.class) && !mayWipe(seen)) {
            return "data are wiped only where the settings say so and the cluster is the same";
        }
        if (plan.begins(PostgresCommand.WipeAndClone.class)
                && !(plan.has(Action.ClaimRebuild.class)
                        && seen.lease() instanceof LeaderLease.HeldByOther)) {
            return "data are replaced in turn, and only while another member leads";
        }
        if (plan.begins(PostgresCommand.Rewind.class)
                && !seen.config().postgres().usePgRewind()
                && !(seen.postgres().directory() instanceof DataDirectory.Interrupted)) {
            return "nothing is rewound against the settings";
        }
        if (plan.begins(PostgresCommand.Initdb.class)
                && !(seen.holdsInitialization()
                        && seen.postgres().directory() instanceof DataDirectory.Empty)) {
            return "initdb needs the claim and an empty directory";
        }
        if (seen.view() == null && plan.asksStore()) {
            return "a silent store is asked for nothing";
        }
        if (!held && plan.writesAsLeader()) {
            return "only the lease holder writes what the leader writes";
        }
        if (plan.has(Action.AcquireLease.class) && !(seen.lease() instanceof LeaderLease.Vacant)) {
            return "only a vacant lease is acquired";
        }
        if (plan.has(Action.AdoptLease.class)
                && !(seen.lease() instanceof LeaderLease.FormerLife)) {
            return "only the lease of a former life is adopted";
        }
        boolean unfenced = seen.fencing().whyMayNotLead() != null;
        if (unfenced && !paused && plan.has(Action.AcquireLease.class)) {
            return "who lacks a rung that is required does not take the lease";
        }
        if (unfenced && !paused && plan.makesPrimary()) {
            return "who has lost a rung that is required for good makes no primary";
        }
        boolean busy = seen.postgres().operation() instanceof Operation.Running;
        if (unfenced && held && !paused && !busy && mayBePrimary && !plan.stopsOrEnds()) {
            return "a primary that has lost a rung that is required for good is stopped";
        }
        if (paused && plan.touchesServer()) {
            return "in pause the server belongs to the operator";
        }
        if (!paused && mayBePrimary && mustStop(seen) && !plan.stopsOrEnds()) {
            return "a deposed or late primary is stopped";
        }
        return null;
    }

    private static boolean isInStore(Observation seen) {
        return seen.view() != null && seen.view().initialization() instanceof Initialization.Done;
    }

    private static boolean mayWipe(Observation seen) {
        var settings = seen.config().postgres();
        boolean sameCluster =
                seen.view() != null
                        && seen.view().initialization() instanceof Initialization.Done(var system)
                        && (system.equals(SYSTEM)
                                || !(seen.postgres().directory() instanceof DataDirectory.Ready));
        return sameCluster
                && (settings.removeDataDirectoryOnDivergedTimelines()
                        || settings.removeDataDirectoryOnRewindFailure()
                        || isPureStandby(seen));
    }

    private static boolean isPureStandby(Observation seen) {
        return !seen.postgres().headway().hasLed()
                && seen.config().rejoin().rebuildStandby()
                && seen.postgres().directory()
                        instanceof DataDirectory.Ready(var control, boolean standbySignal, _)
                && (standbySignal || !control.wasPrimary());
    }

    private static boolean mustStop(Observation seen) {
        return switch (seen.lease()) {
            case LeaderLease.Held(var until) ->
                    seen.memory().unprovenRenewals() > 0
                            && seen.now().isAtOrAfter(seen.timing().demoteBy(until));
            case LeaderLease.Unconfirmed(var until) ->
                    seen.now().isAtOrAfter(seen.timing().demoteBy(until));
            case LeaderLease.HeldByOther _ -> !isForeign(seen) || seen.wish() == Wish.SHUT_DOWN;
            case LeaderLease.Unknown _ -> seen.memory().everRead();
            case LeaderLease.FormerLife _ -> false;
            case LeaderLease.Vacant _ ->
                    seen.postgres().process() instanceof ServerProcess.NotAnswering
                            && !(seen.postgres().operation() instanceof Operation.Running)
                            && !isForeign(seen);
        };
    }

    private static boolean isForeign(Observation seen) {
        return seen.view() != null
                && seen.view().initialization() instanceof Initialization.Done(var system)
                && !system.equals(SYSTEM);
    }

    private record Plan(List<Action> steps) {

        boolean startsWithRenewal() {
            return steps.getFirst() instanceof Action.RenewLease;
        }

        boolean has(Class<? extends Action> type) {
            for (Action step : steps) {
                if (type.isInstance(step)) {
                    return true;
                }
            }
            return false;
        }

        boolean begins(Class<? extends PostgresCommand> type) {
            for (Action step : steps) {
                if (step instanceof Action.Instance(var command) && type.isInstance(command)) {
                    return true;
                }
            }
            return false;
        }

        boolean makesPrimary() {
            return begins(PostgresCommand.Promote.class)
                    || begins(PostgresCommand.StartAsPrimary.class);
        }

        boolean keepsClientsOutOrWritesKey() {
            for (Action step : steps) {
                if (step instanceof Action.CompleteInitialization
                        || step.equals(new Action.Instance(BEHIND_THE_GATE))) {
                    return true;
                }
                if (step instanceof Action.Instance(var command)
                        && (command instanceof PostgresCommand.Promote
                                || command instanceof PostgresCommand.StartAsPrimary)) {
                    return false;
                }
            }
            return false;
        }

        boolean starts() {
            return begins(PostgresCommand.StartAsPrimary.class)
                    || begins(PostgresCommand.StartAsStandby.class);
        }

        boolean copies() {
            return begins(PostgresCommand.Clone.class)
                    || begins(PostgresCommand.WipeAndClone.class)
                    || begins(PostgresCommand.Rewind.class);
        }

        boolean stops() {
            return begins(PostgresCommand.Stop.class);
        }

        boolean stopsOrEnds() {
            return stops() || has(Action.Exit.class);
        }

        boolean touchesServer() {
            return has(Action.Instance.class);
        }

        boolean writesAsLeader() {
            return has(Action.WriteStatus.class)
                    || has(Action.WriteHistory.class)
                    || has(Action.ClaimTimeline.class)
                    || has(Action.CompleteInitialization.class)
                    || has(Action.CreateConfig.class);
        }

        boolean asksStore() {
            for (Action step : steps) {
                if (!(step instanceof Action.Instance) && !(step instanceof Action.Exit)) {
                    return true;
                }
            }
            return false;
        }
    }
}
