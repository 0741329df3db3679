package io.tamada.core.port;

import io.tamada.core.time.Monotonic;
import org.jspecify.annotations.Nullable;

/// The node's monotonic clock.
public interface TimeSource {
    Monotonic now();

    /// The wall clock as ISO text, for people to read; null where there is none. Nothing is
    /// decided on it.
    default @Nullable String wallTime() {
        return null;
    }
}
