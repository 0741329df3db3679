package io.tamada.dcs;

import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.time.Duration;

/// The time that one call of the store may take, over all the requests it makes.
record Budget(TimeSource clock, Monotonic end) {

    /// Below this no request is sent any more: its answer could not come in time.
    private static final Duration LEAST = Duration.ofMillis(1);

    static Budget of(TimeSource clock, Duration timeout) {
        return new Budget(clock, clock.now().plus(timeout));
    }

    Duration left() {
        Duration left = clock.now().until(end);
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }
}
