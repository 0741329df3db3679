package io.tamada.rest.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// All open connections and the bounds on them.
///
/// Intuition: whoever holds a connection without using it must not keep others out. When there
/// are too many, the one that has been silent longest goes, and those that have never sent a
/// whole request go before those that have. So a new health check always gets in, and no client
/// can tie up more than a bounded amount of memory or time.
///
/// Confined to the event loop of the server, which has only one.
final class Connections {

    /// From the first byte of a request (or from connecting) to its last; a TLS handshake counts.
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    /// How long a connection that has been used may wait for its next request.
    static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

    /// How long a client may leave answers unread once its buffers are full.
    static final Duration UNREAD_TIMEOUT = Duration.ofSeconds(10);

    /// How often the timeouts are looked at.
    static final Duration SWEEP_INTERVAL = Duration.ofMillis(500);

    private final int maximum;
    private final LinkedHashSet<Connection> unproven = new LinkedHashSet<>();
    private final LinkedHashSet<Connection> proven = new LinkedHashSet<>();
    private @Nullable Future<?> sweeping;

    /// @param maximum how many connections may be open at a time.
    Connections(int maximum) {
        this.maximum = maximum;
    }

    /// Begins to look at the timeouts, once, on the loop of the first connection.
    void watch(EventLoop loop) {
        if (sweeping == null) {
            long interval = SWEEP_INTERVAL.toMillis();
            sweeping =
                    loop.scheduleAtFixedRate(
                            () -> sweep(System.nanoTime()),
                            interval,
                            interval,
                            TimeUnit.MILLISECONDS);
        }
    }

    void opened(Connection connection) {
        if (open() >= maximum) {
            Connection oldest = oldest();
            if (oldest != null) {
                closed(oldest);
                oldest.close();
            }
        }
        unproven.add(connection);
    }

    void closed(Connection connection) {
        if (!unproven.remove(connection)) {
            proven.remove(connection);
        }
    }

    /// A whole request has come in: this client means it.
    void used(Connection connection) {
        unproven.remove(connection);
        proven.addLast(connection);
    }

    int open() {
        return unproven.size() + proven.size();
    }

    /// Closes whatever has waited too long.
    void sweep(long nowNanos) {
        List<Connection> late = new ArrayList<>();
        for (Connection connection : unproven) {
            if (connection.isLate(nowNanos)) {
                late.add(connection);
            }
        }
        for (Connection connection : proven) {
            if (connection.isLate(nowNanos)) {
                late.add(connection);
            }
        }
        for (Connection connection : late) {
            closed(connection);
            connection.close();
        }
    }

    private @Nullable Connection oldest() {
        if (!unproven.isEmpty()) {
            return unproven.getFirst();
        }
        return proven.isEmpty() ? null : proven.getFirst();
    }
}
