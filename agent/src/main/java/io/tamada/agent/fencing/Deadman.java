package io.tamada.agent.fencing;

import io.tamada.core.fencing.DeadmanWatch;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.port.TimeSource;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The second rung of the fencing ladder: when the loop has not stopped a primary in time, for
/// whatever reason, this thread does. It reads {@link WriteDeadline} and nothing else; what it
/// concludes is {@link DeadmanWatch}'s.
///
/// It cannot help when the whole JVM is stopped; that is for the guard outside of it.
public final class Deadman {

    private static final Logger LOG = LoggerFactory.getLogger(Deadman.class);

    /// How often the deadline is looked at; far below the least stop budget.
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final WriteDeadline deadline;
    private final Instance instance;
    private final TimeSource time;
    private final BooleanSupplier paused;
    private final Thread thread;
    private volatile boolean closed;

    private DeadmanWatch known;

    /// @param paused maintenance mode: nothing is fenced, as the operator has the instance in
    ///     hand.
    /// @param graceAtStart how long an adopted primary may run before its lease is proven.
    public Deadman(
            WriteDeadline deadline,
            Instance instance,
            TimeSource time,
            BooleanSupplier paused,
            Duration graceAtStart) {
        this.deadline = deadline;
        this.instance = instance;
        this.time = time;
        this.paused = paused;
        this.known = DeadmanWatch.atStart(graceAtStart);
        this.thread = Thread.ofPlatform().name("deadman").daemon(true).unstarted(this::watch);
    }

    public void start() {
        thread.start();
    }

    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /// What fails is tried again at the next look: a process table that cannot be read now can be
    /// read in a moment.
    private void watch() {
        boolean failed = false;
        while (!closed) {
            try {
                look();
                failed = false;
            } catch (RuntimeException failure) {
                if (!failed) {
                    LOG.error("the deadman has failed; it goes on trying", failure);
                }
                failed = true;
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /// One look; acts at once.
    void look() {
        if (paused.getAsBoolean()) {
            known = known.paused();
            return;
        }
        if (!instance.mayBePrimary()) {
            known = known.noPrimary();
            return;
        }
        DeadmanWatch.Look look = known.primary(time.now(), deadline.current());
        known = look.next();
        switch (look.verdict()) {
            case LET_RUN -> {}
            case QUIT -> instance.quit();
            case KILL -> instance.kill();
        }
    }
}
