package io.tamada.chaos.simulation;

import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.time.Duration;

/// A node's monotonic clock: it begins anywhere and runs a little fast or slow, but never stops
/// and never jumps, whatever happens to the node (CLOCK_BOOTTIME).
final class SimClock implements TimeSource {

    private static final double MILLION = 1e6;

    private final Scheduler scheduler;
    private final long offsetNanos;
    private final double rate;

    /// @param driftPartsPerMillion positive when the clock runs fast.
    SimClock(Scheduler scheduler, long offsetNanos, double driftPartsPerMillion) {
        this.scheduler = scheduler;
        this.offsetNanos = offsetNanos;
        this.rate = 1 + driftPartsPerMillion / MILLION;
    }

    @Override
    public Monotonic now() {
        return new Monotonic(offsetNanos + (long) (scheduler.nowNanos() * rate));
    }

    /// The true instant at which this clock shows the given reading.
    long trueNanosOf(Monotonic reading) {
        return (long) ((reading.nanos() - offsetNanos) / rate);
    }

    /// How long the given time on this clock takes in truth.
    long trueNanosOf(Duration duration) {
        return (long) (duration.toNanos() / rate);
    }
}
