package io.tamada.agent.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/// A client as small as can be: one row after another through HAProxy, reconnecting when it must.
final class Writer implements AutoCloseable {

    /// Slow enough to leave a laptop in peace, quick enough to time an interruption.
    private static final Duration PAUSE = Duration.ofMillis(10);

    private static final Duration RETRY = Duration.ofMillis(50);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final int TIMEOUT_SECONDS = 2;

    /// @param perSecond acknowledged in the last second or so
    /// @param lastInterruptionMillis from the last acknowledged write before it to the first one
    ///     after it; negative before the first interruption
    /// @param interruptedForMillis of one still going on; negative when writing works
    /// @param trouble what the last failure said
    record Status(
            long acknowledged,
            long perSecond,
            long lastInterruptionMillis,
            long interruptedForMillis,
            String trouble) {

        String describe() {
            String text = "  writer: %d writes/s".formatted(perSecond);
            if (interruptedForMillis >= 0) {
                return text
                        + ", INTERRUPTED for %d ms: %s".formatted(interruptedForMillis, trouble);
            }
            return lastInterruptionMillis < 0
                    ? text + ", never interrupted"
                    : text + ", last interruption %d ms".formatted(lastInterruptionMillis);
        }
    }

    private final String url;
    private final Properties login;
    private final Ledger ledger = new Ledger();
    private final Thread thread;
    private volatile boolean closed;

    private long number;
    private boolean troubled;
    private String trouble = "";
    private long lastAckNanos;
    private long lastInterruptionMillis = -1;
    private long windowStartNanos;
    private long windowWrites;
    private long perSecond;

    Writer(int port, DemoSecrets secrets) {
        url =
                DemoDatabase.url(port, DemoDatabase.APPLICATION)
                        + "&socketTimeout="
                        + TIMEOUT_SECONDS;
        login = DemoDatabase.login(DemoDatabase.APPLICATION, secrets.application());
        thread = Thread.ofPlatform().name("writer").daemon(true).unstarted(this::run);
    }

    void start() {
        lastAckNanos = System.nanoTime();
        windowStartNanos = lastAckNanos;
        thread.start();
    }

    Ledger ledger() {
        return ledger;
    }

    synchronized Status status() {
        long now = System.nanoTime();
        if (troubled) {
            roll(now);
        }
        return new Status(
                ledger.rows(),
                perSecond,
                lastInterruptionMillis,
                troubled ? (now - lastAckNanos) / 1_000_000 : -1,
                trouble);
    }

    private void run() {
        while (!closed) {
            try (Connection connection = DriverManager.getConnection(url, login);
                    PreparedStatement insert =
                            connection.prepareStatement("INSERT INTO writes (number) VALUES (?)")) {
                while (!closed) {
                    // A number is used once, whatever becomes of it: a failed write may have
                    // arrived all the same.
                    insert.setLong(1, ++number);
                    insert.executeUpdate();
                    acknowledged(number);
                    Thread.sleep(PAUSE);
                }
            } catch (SQLException failure) {
                failed(failure);
                try {
                    Thread.sleep(RETRY);
                } catch (InterruptedException _) {
                    return;
                }
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private synchronized void acknowledged(long row) {
        long now = System.nanoTime();
        ledger.acknowledged(row);
        if (troubled) {
            troubled = false;
            lastInterruptionMillis = (now - lastAckNanos) / 1_000_000;
        }
        lastAckNanos = now;
        windowWrites++;
        roll(now);
    }

    private synchronized void failed(SQLException failure) {
        troubled = !closed;
        String message = failure.getMessage();
        trouble = message == null ? failure.toString() : message.lines().findFirst().orElse("");
    }

    private void roll(long now) {
        long spent = now - windowStartNanos;
        if (spent >= 1_000_000_000L) {
            perSecond = Math.round(windowWrites * 1e9 / spent);
            windowStartNanos = now;
            windowWrites = 0;
        }
    }

    /// Ends after the write under way, whose outcome is then known.
    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            thread.join(STOP);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
