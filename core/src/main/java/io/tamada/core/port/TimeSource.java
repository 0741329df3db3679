package io.tamada.core.port;

import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The node's monotonic clock.
public interface TimeSource {
    Monotonic now();

    /// How long until an instant of the wall clock, negative when it has passed; null where there
    /// is no such clock. Only what people have scheduled is decided on it.
    default @Nullable Duration untilWall(long epochMillis) {
        return null;
    }

    /// The wall clock as ISO text, for people to read; null where there is none. Nothing is
    /// decided on it.
    default @Nullable String wallTime() {
        return null;
    }
}
