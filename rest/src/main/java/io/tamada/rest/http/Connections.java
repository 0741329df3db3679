package io.tamada.rest.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
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

    private final ConnectionLimits limits;
    private final LinkedHashSet<Connection> unproven = new LinkedHashSet<>();
    private final LinkedHashSet<Connection> proven = new LinkedHashSet<>();
    private @Nullable Future<?> sweeping;

    Connections(ConnectionLimits limits) {
        this.limits = limits;
    }

    ConnectionLimits limits() {
        return limits;
    }

    /// Begins to look at the timeouts, once, on the loop of the first connection.
    void watch(EventLoop loop) {
        if (sweeping == null) {
            long interval = ConnectionLimits.SWEEP_INTERVAL.toMillis();
            sweeping =
                    loop.scheduleAtFixedRate(
                            () -> sweep(System.nanoTime()),
                            interval,
                            interval,
                            TimeUnit.MILLISECONDS);
        }
    }

    void opened(Connection connection) {
        if (open() >= limits.connections()) {
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
