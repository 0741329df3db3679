package io.tamada.rest.http;

import java.time.Duration;

/// The bounds on connections.
///
/// @param connections how many may be open at a time.
/// @param request from the first byte of a request (or from connecting) to its last; a TLS
///     handshake counts.
/// @param idle how long a connection that has been used may wait for its next request.
/// @param unread how long a client may leave answers unread once its buffers are full.
public record ConnectionLimits(int connections, Duration request, Duration idle, Duration unread) {

    public static final ConnectionLimits PLAIN =
            new ConnectionLimits(
                    2000, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(10));

    /// A TLS connection costs several times as much memory.
    public static final ConnectionLimits TLS =
            new ConnectionLimits(
                    500, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(10));

    /// How often the timeouts are looked at.
    static final Duration SWEEP_INTERVAL = Duration.ofMillis(500);
}
