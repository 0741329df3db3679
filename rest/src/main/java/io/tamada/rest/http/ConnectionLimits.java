package io.tamada.rest.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

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

    /// What the rest of the agent needs: etcd, PostgreSQL, `/proc`, the guard, its own files.
    private static final int DESCRIPTORS_KEPT = 256;

    private static final int AT_LEAST = 16;

    /// Fewer connections where the process may have fewer descriptors: whoever opens many must not
    /// take those that fencing and watching need.
    ///
    /// @param descriptors how many the process may have open.
    public ConnectionLimits within(long descriptors) {
        long left = Math.max(AT_LEAST, descriptors - DESCRIPTORS_KEPT);
        return left >= connections ? this : new ConnectionLimits((int) left, request, idle, unread);
    }

    /// The limit of this process (`RLIMIT_NOFILE`, from `/proc`); beyond all measure when it is
    /// not known.
    public static long descriptors() {
        try (Stream<String> limits = Files.lines(Path.of("/proc/self/limits"))) {
            return limits.filter(line -> line.startsWith(OPEN_FILES))
                    .map(line -> line.substring(OPEN_FILES.length()).strip().split(" ", 2)[0])
                    .filter(soft -> soft.matches("[0-9]{1,18}"))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException | UncheckedIOException unknown) {
            return Long.MAX_VALUE;
        }
    }

    private static final String OPEN_FILES = "Max open files";

    /// How often the timeouts are looked at.
    static final Duration SWEEP_INTERVAL = Duration.ofMillis(500);
}
