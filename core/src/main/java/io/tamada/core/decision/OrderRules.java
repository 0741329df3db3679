package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.Member;
import io.tamada.core.order.Order;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.StopMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Somebody wants this member's server restarted, or its data copied anew. Once the server is down
/// the usual rules take over: a restarted server comes back as any other does, behind the gate
/// where there is one.
final class OrderRules {

    private static final Duration CHECKPOINT_LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private OrderRules() {}

    /// For a running primary that leads; null when nothing is to be done. The checkpoint is written
    /// while clients go on, so that the stop has little left to do.
    static @Nullable Decision leader(Observation seen) {
        Errand errand = restart(seen);
        if (errand == null) {
            return null;
        }
        ControlData control = seen.postgres().control();
        return switch (errand.stage()) {
            case ASKED ->
                    // A standby that leads a standby cluster keeps nobody waiting.
                    seen.postgres().isStandby()
                            ? stop(seen, RuleId.RESTART_STOPS, StopMode.FAST)
                            : new Decision(
                                    RuleId.RESTART_PREPARES,
                                    "",
                                    Plans.alive(
                                            seen, Plans.instance(new PostgresCommand.Checkpoint())),
                                    LOOK_AGAIN);
            case PREPARING ->
                    (control != null && !control.checkpoint().isBefore(errand.from()))
                                    || Plans.passed(seen, errand.since(), CHECKPOINT_LIMIT)
                            ? stop(seen, RuleId.RESTART_STOPS, StopMode.FAST)
                            : new Decision(
                                    RuleId.RESTART_PREPARES, "", Plans.alive(seen), LOOK_AGAIN);
            case STOPPING -> stop(seen, RuleId.RESTART_STOPS, StopMode.FAST);
            case STOPPED, COPYING -> null;
        };
    }

    /// For a member that follows; null when the usual rules go on.
    static @Nullable Decision standby(Observation seen, ClusterView view) {
        Errand errand = seen.errand();
        if (errand == null) {
            return null;
        }
        boolean down = seen.postgres().process() instanceof ServerProcess.Down;
        return switch (errand.order()) {
            case Order.Restart _ ->
                    down || errand.stage() == Errand.Stage.STOPPED
                            ? null
                            : stop(seen, RuleId.RESTART_STOPS, StopMode.FAST);
            case Order.Reinitialize(boolean fromLeader) ->
                    down
                            ? copy(seen, view, fromLeader)
                            : stop(seen, RuleId.REINITIALIZE_STOPS, StopMode.IMMEDIATE);
        };
    }

    private static @Nullable Decision copy(Observation seen, ClusterView view, boolean fromLeader) {
        Member leader = view.leaderMember();
        if (leader == null
                || !(seen.postgres().directory() instanceof DataDirectory.Ready)
                || !(view.initialization() instanceof Initialization.Done)) {
            // Whose copy it would become is not known while a cluster is being created.
            return null;
        }
        return CopyPlan.replace(
                seen,
                view,
                leader,
                fromLeader ? leader : CopyPlan.source(seen, view, leader),
                RuleId.REINITIALIZES,
                "");
    }

    /// In pause nothing is done but what is ordered; null when there is no order.
    static @Nullable Decision paused(Observation seen, ClusterView view) {
        Errand errand = seen.errand();
        if (errand == null) {
            return null;
        }
        if (seen.postgres().operation() instanceof Operation.Running) {
            return new Decision(
                    RuleId.PAUSED_MEMBER, "an order is carried out", Plans.alive(seen), LOOK_AGAIN);
        }
        boolean led = seen.lease() instanceof LeaderLease.Held;
        boolean primary = seen.postgres().mayBePrimary();
        if (!seen.postgres().isDown()) {
            if (led && primary) {
                return leader(seen);
            }
            return led || primary ? null : standby(seen, view);
        }
        if (errand.order() instanceof Order.Reinitialize) {
            return led ? null : standby(seen, view);
        }
        return start(seen, view, errand, led);
    }

    private static @Nullable Decision start(
            Observation seen, ClusterView view, Errand errand, boolean led) {
        if (!(seen.postgres().directory() instanceof DataDirectory.Ready)
                || errand.stage() != Errand.Stage.STOPPED) {
            return null;
        }
        if (!errand.wasPrimary()) {
            return starting(seen, new PostgresCommand.StartAsStandby(errand.upstream()));
        }
        if (!led) {
            return null;
        }
        Decision synchronous = SynchronousRules.beforeStart(seen, view);
        return synchronous == null
                ? starting(seen, new PostgresCommand.StartAsPrimary())
                : synchronous;
    }

    private static Decision starting(Observation seen, PostgresCommand command) {
        return new Decision(
                RuleId.RESTART_STARTS, "", Plans.alive(seen, Plans.instance(command)), Plans.SOON);
    }

    /// How long the server of a leader may be away before another member is let lead.
    static Duration startPatience(Observation seen) {
        Errand errand = restart(seen);
        Duration usual = seen.config().primaryStartTimeout();
        if (errand == null) {
            return usual;
        }
        Duration own = ((Order.Restart) errand.order()).patience();
        if (own != null) {
            return own;
        }
        // Zero lets others lead at once when a server has crashed; this one was stopped.
        return usual.isZero() ? seen.timing().ttl() : usual;
    }

    private static @Nullable Errand restart(Observation seen) {
        Errand errand = seen.errand();
        return errand != null && errand.order() instanceof Order.Restart ? errand : null;
    }

    private static Decision stop(Observation seen, RuleId rule, StopMode mode) {
        return new Decision(
                rule,
                "",
                Plans.alive(seen, Plans.instance(new PostgresCommand.Stop(mode))),
                LOOK_AGAIN);
    }
}
