package io.tamada.core.time;

import java.time.Duration;

/// An instant of the node's monotonic clock, in nanoseconds since an origin that means nothing.
///
/// Instants of different nodes, or of different boots of one node, must never be compared. The
/// clock behind it goes on while the machine is suspended (CLOCK_BOOTTIME): a lease does not wait
/// for a sleeping virtual machine.
public record Monotonic(long nanos) implements Comparable<Monotonic> {

    /// Instants further apart than about 146 years could not be compared.
    private static final Duration LONGEST = Duration.ofDays(36_500);

    public Monotonic plus(Duration duration) {
        return new Monotonic(nanos + bounded(duration));
    }

    public Monotonic minus(Duration duration) {
        return new Monotonic(nanos - bounded(duration));
    }

    /// A setting of a thousand years must mean "never", not an arithmetic overflow.
    private static long bounded(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds >= LONGEST.toSeconds()) {
            return LONGEST.toNanos();
        }
        return seconds <= -LONGEST.toSeconds() ? -LONGEST.toNanos() : duration.toNanos();
    }

    /// The time from this instant to `later`; negative when `later` has passed already.
    public Duration until(Monotonic later) {
        return Duration.ofNanos(later.nanos - nanos);
    }

    public boolean isBefore(Monotonic other) {
        return nanos - other.nanos < 0;
    }

    public boolean isAtOrAfter(Monotonic other) {
        return !isBefore(other);
    }

    @Override
    public int compareTo(Monotonic other) {
        return Long.signum(nanos - other.nanos);
    }
}
