package io.tamada.agent.fencing;

import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The second rung of the fencing ladder: when the loop has not stopped a primary in time, for
/// whatever reason, this thread does. It reads {@link WriteDeadline} and nothing else.
///
/// Before each deadline: SIGQUIT to the postmaster at `quitBy`, SIGKILL to every process of the
/// instance at `killBy`, again and again until the server cannot be a primary any more. A primary
/// without a lease gets a short grace, in which the loop may take the lease back or stop it in
/// order; right after the agent's start, when an adopted primary's lease may be good still, a
/// longer one.
///
/// It cannot help when the whole JVM is stopped; that is for a process outside of it.
public final class Deadman {

    /// How often the deadline is looked at; far below the least stop budget.
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private static final Duration GRACE_WITHOUT_LEASE = Duration.ofMillis(500);
    private static final Duration FROM_QUIT_TO_KILL = Duration.ofSeconds(1);

    /// What to do now.
    enum Verdict {
        LET_RUN,
        QUIT,
        KILL
    }

    private final WriteDeadline deadline;
    private final Instance instance;
    private final TimeSource time;
    private final BooleanSupplier paused;
    private final Duration graceAtStart;
    private final Thread thread;
    private volatile boolean closed;

    private @Nullable Monotonic nakedSince;
    private WriteDeadline.@Nullable Term lastTerm;
    private boolean quitSent;

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
        this.graceAtStart = graceAtStart;
        this.thread = Thread.ofPlatform().name("deadman").daemon(true).unstarted(this::watch);
    }

    public void start() {
        thread.start();
    }

    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void watch() {
        while (!closed) {
            look();
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /// One look; acts at once.
    void look() {
        if (paused.getAsBoolean()) {
            lastTerm = null;
            stepBack();
            return;
        }
        if (!instance.mayBePrimary()) {
            stepBack();
            return;
        }
        switch (verdict(time.now())) {
            case LET_RUN -> quitSent = false;
            case QUIT -> {
                if (!quitSent) {
                    instance.quit();
                    quitSent = true;
                }
            }
            case KILL -> instance.kill();
        }
    }

    private void stepBack() {
        nakedSince = null;
        quitSent = false;
    }

    private Verdict verdict(Monotonic now) {
        WriteDeadline.Term term = deadline.current();
        if (term != null) {
            nakedSince = null;
            lastTerm = term;
            Monotonic end = term.mayWriteUntil();
            if (now.isAtOrAfter(term.timing().killBy(end))) {
                return Verdict.KILL;
            }
            return now.isAtOrAfter(term.timing().quitBy(end)) ? Verdict.QUIT : Verdict.LET_RUN;
        }
        WriteDeadline.Term past = lastTerm;
        if (past != null && now.isAtOrAfter(past.timing().quitBy(past.mayWriteUntil()))) {
            // The loop has seen the loss first, after a pause that outlasted the lease.
            return now.isAtOrAfter(past.timing().killBy(past.mayWriteUntil()))
                    ? Verdict.KILL
                    : Verdict.QUIT;
        }
        if (nakedSince == null) {
            nakedSince = now;
        }
        Monotonic quitBy = nakedSince.plus(past == null ? graceAtStart : GRACE_WITHOUT_LEASE);
        if (now.isAtOrAfter(quitBy.plus(FROM_QUIT_TO_KILL))) {
            return Verdict.KILL;
        }
        return now.isAtOrAfter(quitBy) ? Verdict.QUIT : Verdict.LET_RUN;
    }
}
