package io.tamada.chaos.simulation;

import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.time.Monotonic;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// One life of the guard process: it lives beside the server and outside the agent, hears
/// deadlines as instants of the node's clock and ends whatever is left of the instance when one
/// has passed, until it hears otherwise.
///
/// It is stopped with its machine and dies with it, but not with the agent.
final class SimGuard {

    /// Between two looks while it is at it.
    private static final long LOOK_EVERY_NANOS = 10_000_000;

    /// What the kernel may take to let it run when its timer is due.
    private static final long LATEST_WAKE_NANOS = 5_000_000;

    private final World world;
    private final Node node;
    private final SplittableRandom random;
    private boolean alive = true;
    private boolean fired;
    private boolean quitSent;
    private WriteDeadline.@Nullable Term term;

    /// Each message begins another watch; the timers of older ones are void.
    private long watch;

    SimGuard(World world, Node node, SplittableRandom random) {
        this.world = world;
        this.node = node;
        this.random = random;
    }

    boolean isAlive() {
        return alive;
    }

    boolean isArmed() {
        return term != null;
    }

    boolean hasFired() {
        return fired;
    }

    /// SIGKILL, or the end of its machine.
    void kill() {
        alive = false;
        watch++;
    }

    void hearDeadline(WriteDeadline.Term heard) {
        if (world.mutation() == Mutation.GUARD_OFF || world.mutation() == Mutation.NO_DEADMAN) {
            return;
        }
        term = heard;
        fired = false;
        quitSent = false;
        lookAt(++watch, heard.timing().quitBy(heard.mayWriteUntil()));
    }

    void standDown() {
        term = null;
        fired = false;
        watch++;
    }

    private void lookAt(long ofWatch, Monotonic instant) {
        long due = node.clock().trueNanosOf(instant) - world.nowNanos();
        long late = random.nextLong(LATEST_WAKE_NANOS);
        node.machine().after(Math.max(0, due) + late, () -> look(ofWatch));
    }

    private void look(long ofWatch) {
        WriteDeadline.Term heard = term;
        if (ofWatch != watch || heard == null) {
            return;
        }
        Monotonic now = node.clock().now();
        Monotonic quitBy = heard.timing().quitBy(heard.mayWriteUntil());
        Monotonic killBy = heard.timing().killBy(heard.mayWriteUntil());
        if (now.isBefore(quitBy)) {
            lookAt(ofWatch, quitBy);
        } else if (now.isBefore(killBy)) {
            quitOnce();
            lookAt(ofWatch, killBy);
        } else {
            fire();
            node.machine().after(LOOK_EVERY_NANOS, () -> look(ofWatch));
        }
    }

    private void quitOnce() {
        if (!quitSent && node.instance().isRunning()) {
            quitSent = true;
            world.report().guardQuits++;
            world.trace().line(node.name(), "guard", "quit");
            node.instance().quit(() -> {});
        }
    }

    private void fire() {
        fired = true;
        if (node.instance().isRunning() && !node.instance().isKillPending()) {
            world.report().guardKills++;
            world.trace().line(node.name(), "guard", "kill");
            node.instance().kill(() -> {});
        }
    }
}
