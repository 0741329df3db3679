package io.tamada.chaos.simulation;

import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.time.Instant;

/// A node's clocks. The monotonic one begins anywhere and runs a little fast or slow, but never
/// stops and never jumps, whatever happens to the node (CLOCK_BOOTTIME); the wall clock jumps.
final class SimClock implements TimeSource {

    private static final double MILLION = 1e6;
    private static final long WALL_EPOCH_SECONDS = 1_800_000_000L;

    private final Scheduler scheduler;
    private final long offsetNanos;
    private final double rate;
    private long wallOffsetSeconds;

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

    /// Somebody sets the wall clock. Nothing may be decided on it.
    void stepWallClock(long seconds) {
        wallOffsetSeconds += seconds;
    }

    @Override
    public String wallTime() {
        return wallTimeIn(0);
    }

    /// What this clock will show then, in ISO 8601.
    String wallTimeIn(long nanos) {
        return Instant.EPOCH
                .plusSeconds(WALL_EPOCH_SECONDS + wallOffsetSeconds)
                .plusNanos(scheduler.nowNanos() + nanos)
                .toString();
    }

    @Override
    public Duration untilWall(long epochMillis) {
        Instant now =
                Instant.EPOCH
                        .plusSeconds(WALL_EPOCH_SECONDS + wallOffsetSeconds)
                        .plusNanos(scheduler.nowNanos());
        return Duration.between(now, Instant.ofEpochMilli(epochMillis));
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
