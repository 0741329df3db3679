package io.tamada.core.port;

import io.tamada.core.time.Monotonic;

/// The node's monotonic clock.
public interface TimeSource {
    Monotonic now();
}
