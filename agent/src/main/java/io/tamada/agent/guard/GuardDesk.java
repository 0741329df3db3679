package io.tamada.agent.guard;

import io.tamada.agent.guard.GuardFrames.Reply;
import io.tamada.agent.guard.GuardFrames.Request;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.fencing.FencingStatus.Rung;
import io.tamada.core.fencing.FencingStatus.State;
import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Where the loop leaves what the guard is to be told, and the guard's keeper what it has
/// answered. The lock is held for a few assignments only.
final class GuardDesk {

    /// What the guard is to be told; the newest counts.
    record Order(long number, Request request, long quitAt, long killAt) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Mode mode;
    private final TimeSource time;

    private @Nullable Order wanted;
    private long confirmed;
    private @Nullable Reply last;
    private @Nullable String missing = "it is being started";
    private boolean givenUp;
    private @Nullable Monotonic missingSince;
    private long repairs;

    GuardDesk(Mode mode, TimeSource time) {
        this.mode = mode;
        this.time = time;
        this.missingSince = time.now();
    }

    /// Leaves an order.
    long post(Request request, long quitAt, long killAt) {
        lock.lock();
        try {
            Order order =
                    new Order(wanted == null ? 1 : wanted.number + 1, request, quitAt, killAt);
            wanted = order;
            return order.number;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until an order was confirmed; not at all while no guard can be had.
    ///
    /// @return null when it was, or else why not.
    @Nullable String await(long number, Duration timeout) {
        lock.lock();
        try {
            long left = timeout.toNanos();
            while (confirmed < number && !givenUp && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (confirmed >= number) {
                return null;
            }
            return missing == null
                    ? "it did not confirm within " + timeout.toMillis() + " ms"
                    : missing;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        } finally {
            lock.unlock();
        }
    }

    Rung rung() {
        lock.lock();
        try {
            Reply reply = last;
            long kills = reply == null ? 0 : reply.kills();
            State state =
                    missing != null || reply == null
                            ? State.UNAVAILABLE
                            : switch (reply.state()) {
                                case DISARMED -> State.READY;
                                case ARMED -> State.ARMED;
                                case FIRED -> State.FIRED;
                            };
            return new Rung(mode, state, missing, missingSince, kills, repairs);
        } finally {
            lock.unlock();
        }
    }

    /// The newest order, if the guard has not confirmed it yet.
    @Nullable Order open() {
        lock.lock();
        try {
            return wanted != null && wanted.number > confirmed ? wanted : null;
        } finally {
            lock.unlock();
        }
    }

    /// A guard stands; it hears the newest order again, since it may be another one.
    void present(Reply first, boolean repaired) {
        lock.lock();
        try {
            confirmed = 0;
            missing = null;
            missingSince = null;
            givenUp = false;
            last = first;
            repairs += repaired ? 1 : 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// @param number of the order that this answers, or zero.
    void answered(Reply reply, long number) {
        lock.lock();
        try {
            last = reply;
            confirmed = Math.max(confirmed, number);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// @param isFinal whether there is no use in waiting for it now.
    void absent(String reason, boolean isFinal) {
        lock.lock();
        try {
            missing = reason;
            givenUp = isFinal;
            if (missingSince == null) {
                missingSince = time.now();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
