package io.tamada.core.time;

import java.time.Duration;

/// Parts of a duration. `Duration.dividedBy` goes by way of big decimals, which is felt where every
/// turn of the loop asks, and a simulator makes millions of turns.
public final class Part {

    private Part() {}

    public static Duration half(Duration whole) {
        return of(whole, 2);
    }

    /// @param whole less than 292 years.
    public static Duration of(Duration whole, int parts) {
        return Duration.ofNanos(whole.toNanos() / parts);
    }
}
