package io.tamada.agent.run;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Shortens the loop's sleep. Any number of wake-ups between two turns count as one.
public final class Waker {

    private final Semaphore signal = new Semaphore(0);

    public void wake() {
        if (signal.availablePermits() == 0) {
            signal.release();
        }
    }

    /// Sleeps until somebody wakes us or the time is over.
    void sleep(Duration limit) throws InterruptedException {
        if (signal.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            signal.drainPermits();
        }
    }
}
