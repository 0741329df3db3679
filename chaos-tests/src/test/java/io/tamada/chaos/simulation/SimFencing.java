package io.tamada.chaos.simulation;

import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.fencing.FencingStatus.Rung;
import io.tamada.core.fencing.FencingStatus.State;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.port.Fencing;
import io.tamada.core.time.Monotonic;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The agent's end of the guard's socket. A message takes a moment and arrives, in the order of
/// sending, even when its sender is stopped or killed meanwhile; its answer may be waited for in
/// vain. A guard that
/// has died is started anew and hears of the last deadline.
final class SimFencing implements Fencing {

    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long PATIENCE_NANOS = 300 * MILLI;
    private static final long REPAIR_EVERY_NANOS = 500 * MILLI;

    private final World world;
    private final Node node;
    private final Agent agent;
    private final SplittableRandom random;
    private final Mode mode;
    private WriteDeadline.@Nullable Term last;
    private @Nullable Monotonic missingSince;
    private long repairs;
    private long lastArrivalNanos;

    SimFencing(World world, Node node, Agent agent, SplittableRandom random) {
        this.world = world;
        this.node = node;
        this.agent = agent;
        this.random = random;
        this.mode = world.options().cluster().guard();
    }

    /// Sees to it that there is a guard, from the agent's start on.
    void watch() {
        if (mode == Mode.OFF || agent.process().isDead()) {
            return;
        }
        if (!agent.process().isStopped()) {
            repair();
        }
        node.machine().after(REPAIR_EVERY_NANOS, this::watch);
    }

    private void repair() {
        if (guard() != null) {
            missingSince = null;
            return;
        }
        if (node.startGuard()) {
            repairs++;
            missingSince = null;
            WriteDeadline.Term known = last;
            if (known != null) {
                send(guard -> guard.hearDeadline(known), () -> {});
            }
            agent.wake();
        } else if (missingSince == null) {
            missingSince = node.clock().now();
            agent.wake();
        }
    }

    private @Nullable SimGuard guard() {
        SimGuard guard = node.guard();
        return guard != null && guard.isAlive() ? guard : null;
    }

    @Override
    public FencingStatus observe() {
        if (mode == Mode.OFF) {
            return FencingStatus.OFF;
        }
        SimGuard guard = guard();
        if (guard == null) {
            Monotonic since = missingSince == null ? node.clock().now() : missingSince;
            return new FencingStatus(
                    Rung.unavailable(mode, "the guard has ended", since), Rung.OFF);
        }
        State state = guard.hasFired() ? State.FIRED : guard.isArmed() ? State.ARMED : State.READY;
        return new FencingStatus(new Rung(mode, state, null, null, 0, repairs), Rung.OFF);
    }

    @Override
    public Armed arm(WriteDeadline.Term term) {
        if (mode == Mode.OFF) {
            return new Armed.Confirmed();
        }
        last = term;
        if (guard() == null) {
            return without("the guard has ended");
        }
        return confirmed(guard -> guard.hearDeadline(term))
                ? new Armed.Confirmed()
                : without("the guard has not answered");
    }

    private Armed without(String reason) {
        return mode == Mode.REQUIRED ? new Armed.Refused(reason) : new Armed.Incomplete(reason);
    }

    @Override
    public boolean disarm() {
        last = null;
        return mode == Mode.OFF || guard() == null || confirmed(SimGuard::standDown);
    }

    private boolean confirmed(Consumer<SimGuard> message) {
        agent.stallMaybe();
        SimProcess process = agent.process();
        boolean[] answered = new boolean[1];
        long token = process.beginWait();
        send(
                message,
                () -> {
                    answered[0] = true;
                    process.finish(token);
                });
        process.await(token, PATIENCE_NANOS);
        agent.stallMaybe();
        return answered[0];
    }

    private void send(Consumer<SimGuard> message, Runnable answer) {
        SimGuard receiver = guard();
        long arrival = Math.max(world.nowNanos() + moment(), lastArrivalNanos);
        lastArrivalNanos = arrival;
        node.machine()
                .after(
                        arrival - world.nowNanos(),
                        () -> {
                            if (receiver != null && receiver.isAlive()) {
                                message.accept(receiver);
                                node.machine().after(moment(), answer);
                            }
                        });
    }

    private long moment() {
        return 20 * MICRO + random.nextLong(random.nextInt(20) == 0 ? 20 * MILLI : 300 * MICRO);
    }
}
