package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.PendingRestart;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The pieces that plans of all chapters are made of.
final class Plans {

    /// How soon to look again when something is expected to move at any moment.
    static final Duration SOON = Duration.ofMillis(250);

    /// How soon to look again when the next step follows from this one.
    static final Duration AT_ONCE = Duration.ZERO;

    private static final Duration BACK_OFF_STEP = Duration.ofSeconds(2);
    private static final Duration BACK_OFF_LIMIT = Duration.ofSeconds(60);

    private Plans() {}

    /// The heartbeat of every plan (renew what we hold, say who we are) around the given steps.
    ///
    /// What the server needs comes before what the others want to hear: a store that has no room
    /// for our record (etcd's NOSPACE alarm refuses puts, but still renews leases and reads) must
    /// not keep a primary from coming back.
    static List<Action> alive(Observation seen, Action... then) {
        List<Action> instance = new ArrayList<>();
        List<Action> store = new ArrayList<>();
        for (Action action : then) {
            boolean forServer =
                    action instanceof Action.Instance
                            || action instanceof Action.ClaimTimeline
                            || action instanceof Action.CompleteInitialization;
            (forServer ? instance : store).add(action);
        }
        List<Action> plan = new ArrayList<>();
        if (LeaseHolderRules.isDisowned(seen)) {
            // Written once more it would look like a key that counts.
            plan.addAll(instance);
        } else if (seen.lease() instanceof LeaderLease.Held) {
            Action round = seen.memory().unprovenRenewals() > 0 ? FailsafePlans.round(seen) : null;
            if (round != null) {
                // Before the renewal: what fails there ends the plan.
                plan.add(round);
            }
            plan.add(new Action.RenewLease());
            plan.addAll(instance);
        } else {
            plan.addAll(instance);
            plan.add(new Action.KeepSession());
        }
        boolean starts =
                instance.stream()
                        .anyMatch(
                                action ->
                                        action instanceof Action.Instance(var command)
                                                && command
                                                        instanceof PostgresCommand.StartAsPrimary);
        plan.add(new Action.PublishMember(starts ? starting(seen) : self(seen)));
        plan.addAll(store);
        return plan;
    }

    /// Gives the lease away after the server was stopped in order.
    static List<Action> handOver(Observation seen, String reason) {
        List<Action> plan = new ArrayList<>();
        ControlData control = seen.postgres().control();
        ClusterView view = seen.view();
        if (seen.postgres().isDown()
                && control != null
                && view != null
                && control.state() == ControlState.SHUT_DOWN
                && control.checkpoint().isAfter(view.status().optime())) {
            // Candidates measure themselves against the shutdown checkpoint. Any other checkpoint
            // is older than what was written, and would let a stale one pass.
            ClusterStatus last = view.status();
            plan.add(
                    new Action.WriteStatus(
                            new ClusterStatus(
                                    control.checkpoint(), last.slots(), last.retainSlots())));
        }
        // The others wait for a leader that has lost its key and may still run.
        plan.add(new Action.PublishMember(self(seen)));
        plan.add(new Action.ReleaseLease(reason));
        return plan;
    }

    static Action instance(PostgresCommand command) {
        return new Action.Instance(command);
    }

    static Duration loopWait(Observation seen) {
        return seen.timing().loopWait();
    }

    static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /// When a failed operation may be tried again: later after each failure in a row, a minute at
    /// the most.
    static Duration backOffLeft(Observation seen, Operation.Failed failed) {
        Duration pause =
                shorter(
                        BACK_OFF_STEP.multipliedBy(Math.max(0, failed.attempt() - 1)),
                        BACK_OFF_LIMIT);
        Duration left = seen.now().until(failed.at().plus(pause));
        return left.isNegative() ? Duration.ZERO : left;
    }

    static boolean passed(Observation seen, Monotonic since, Duration span) {
        return seen.now().isAtOrAfter(since.plus(span));
    }

    /// What a member says of itself that has just begun to start a primary: whoever sees its key
    /// deleted by hand in this moment must not take it for one that is down.
    static Member starting(Observation seen) {
        return self(seen).with(MemberState.STARTING);
    }

    /// What this member says of itself.
    static Member self(Observation seen) {
        ServerStatus status = seen.postgres().status();
        boolean primary = seen.postgres().isPrimary();
        var profile = seen.self();
        return new Member(
                profile.name(),
                profile.connUrl(),
                profile.apiUrl(),
                state(seen.postgres()),
                role(seen),
                profile.version(),
                profile.identity(),
                seen.postgres().storage().whyNoPrimary(),
                status == null ? null : status.timeline(),
                status == null ? null : status.position(),
                status == null || primary ? null : status.received(),
                status == null || primary ? null : status.replayed(),
                replicationState(seen.postgres(), status),
                profile.tags(),
                !primary || (status != null && status.checkpointAfterPromote()),
                status == null ? PendingRestart.NONE : status.restart(),
                seen.config().pause(),
                seen.memory().climb().note(),
                profile.scheduledRestart(),
                profile.proxyUrl());
    }

    private static @Nullable String replicationState(
            LocalPostgres postgres, @Nullable ServerStatus status) {
        if (status == null || !status.inRecovery()) {
            return null;
        }
        if (status.streaming()) {
            return "streaming";
        }
        return postgres.headway().restores() ? "in archive recovery" : null;
    }

    private static MemberRole role(Observation seen) {
        LocalPostgres postgres = seen.postgres();
        if (postgres.isPrimary()) {
            return MemberRole.PRIMARY;
        }
        if (postgres.isStandby()
                && seen.config().standbyCluster()
                && seen.lease() instanceof LeaderLease.Held) {
            return MemberRole.STANDBY_LEADER;
        }
        return postgres.directory() instanceof DataDirectory.Ready
                ? MemberRole.REPLICA
                : MemberRole.UNINITIALIZED;
    }

    private static MemberState state(LocalPostgres postgres) {
        return switch (postgres.operation()) {
            case Operation.Running(Operation.Kind kind, _, _) ->
                    switch (kind) {
                        case INITDB -> MemberState.INITIALIZING;
                        case CLONE -> MemberState.CREATING_REPLICA;
                        case START_AS_PRIMARY, START_AS_STANDBY -> MemberState.STARTING;
                        case STOP -> MemberState.STOPPING;
                        case REWIND -> MemberState.STOPPED;
                        case PROMOTE, PRE_PROMOTE, PROVISION -> ofProcess(postgres);
                    };
            case Operation.Failed(Operation.Kind kind, _, _, _) when postgres.isDown() ->
                    switch (kind) {
                        case INITDB -> MemberState.INITDB_FAILED;
                        case START_AS_PRIMARY, START_AS_STANDBY -> MemberState.START_FAILED;
                        case CLONE, STOP, REWIND, PROMOTE, PRE_PROMOTE, PROVISION ->
                                MemberState.STOPPED;
                    };
            case Operation.None _, Operation.Succeeded _, Operation.Failed _ -> ofProcess(postgres);
        };
    }

    private static MemberState ofProcess(LocalPostgres postgres) {
        return switch (postgres.process()) {
            case ServerProcess.Answering _ -> MemberState.RUNNING;
            case ServerProcess.NotAnswering(_, boolean stopping) ->
                    stopping ? MemberState.STOPPING : MemberState.STARTING;
            case ServerProcess.Down _ -> MemberState.STOPPED;
        };
    }
}
