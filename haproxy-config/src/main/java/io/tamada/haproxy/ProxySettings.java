package io.tamada.haproxy;

import java.nio.file.Path;
import java.time.Duration;

/// Everything of a configuration that is not the members.
///
/// @param slots servers in each backend; members beyond the first ones fill the free slots
///     through the runtime socket, without a reload
/// @param runtimeSocket path of the Unix socket for changes at run time
/// @param oldWorkerLife how long a worker may outlive a reload; it checks no health in that time,
///     so a session to a primary that freezes then hangs until the worker is ended
/// @param maxConnections clients at one time, both ports together
public record ProxySettings(
        Listen listen,
        RestCheck check,
        CheckTiming timing,
        ReadBalance reads,
        int slots,
        Path runtimeSocket,
        Duration oldWorkerLife,
        int maxConnections) {

    /// The longest path that the kernel takes for a Unix socket (`sun_path`, less its final
    /// zero).
    private static final int LONGEST_SOCKET_PATH = 107;

    /// HAProxy binds a name of its own beside the socket first and then renames it.
    private static final int TEMPORARY_SUFFIX = 10;

    private static final int MOST_SLOTS = 1_000;

    public ProxySettings {
        String socket = runtimeSocket.toString();
        if (socket.length() > LONGEST_SOCKET_PATH - TEMPORARY_SUFFIX) {
            throw new IllegalArgumentException(
                    "runtime socket path has %d characters, at most %d fit: %s"
                            .formatted(
                                    socket.length(),
                                    LONGEST_SOCKET_PATH - TEMPORARY_SUFFIX,
                                    socket));
        }
        if (socket.chars().anyMatch(c -> Character.isWhitespace(c) || c == '"' || c == '\'')) {
            throw new IllegalArgumentException(
                    "runtime socket path has a blank or a quote in it: " + socket);
        }
        if (slots < 1 || slots > MOST_SLOTS) {
            throw new IllegalArgumentException(
                    "slots: %d is not between 1 and %d".formatted(slots, MOST_SLOTS));
        }
        if (oldWorkerLife.toSeconds() < 1) {
            throw new IllegalArgumentException("an old worker lives at least one second");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("max connections: at least 1");
        }
    }

    /// Where the proxy listens: `*` for every address.
    public record Listen(String address, int writePort, int readPort, int statisticsPort) {

        public Listen {
            if (address.isEmpty() || address.chars().anyMatch(Character::isWhitespace)) {
                throw new IllegalArgumentException("listen address '" + address + "' is not one");
            }
            if (writePort == readPort
                    || writePort == statisticsPort
                    || readPort == statisticsPort) {
                throw new IllegalArgumentException(
                        "the ports for writing (%d), reading (%d) and statistics (%d) must differ"
                                .formatted(writePort, readPort, statisticsPort));
            }
        }

        public static Listen everywhere() {
            return new Listen("*", 5432, 5433, 8404);
        }
    }

    public static ProxySettings defaults() {
        return new ProxySettings(
                Listen.everywhere(),
                RestCheck.plain(),
                CheckTiming.forFailoverInASecond(),
                ReadBalance.LEAST_CONNECTIONS,
                8,
                Path.of("/run/haproxy/admin.sock"),
                Duration.ofSeconds(10),
                1_000);
    }

    public ProxySettings withListen(Listen other) {
        return new ProxySettings(
                other, check, timing, reads, slots, runtimeSocket, oldWorkerLife, maxConnections);
    }

    public ProxySettings withCheck(RestCheck other) {
        return new ProxySettings(
                listen, other, timing, reads, slots, runtimeSocket, oldWorkerLife, maxConnections);
    }

    public ProxySettings withReads(ReadBalance other) {
        return new ProxySettings(
                listen, check, timing, other, slots, runtimeSocket, oldWorkerLife, maxConnections);
    }

    public ProxySettings withSlots(int other) {
        return new ProxySettings(
                listen, check, timing, reads, other, runtimeSocket, oldWorkerLife, maxConnections);
    }

    public ProxySettings withRuntimeSocket(Path other) {
        return new ProxySettings(
                listen, check, timing, reads, slots, other, oldWorkerLife, maxConnections);
    }

    public ProxySettings withOldWorkerLife(Duration other) {
        return new ProxySettings(
                listen, check, timing, reads, slots, runtimeSocket, other, maxConnections);
    }
}
