package io.tamada.chaos.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Numbered writes and when each was acknowledged, by one clock. One writer is pinned to every
/// node, past any proxy: a server that should not take writes is asked to, all the time.
public final class Ledger implements AutoCloseable {

    /// The rows of one writer through a proxy.
    public static final String CLIENT = "client";

    /// The SQLSTATE of a write on a standby.
    private static final String READ_ONLY = "25006";

    private static final int SOCKET_TIMEOUT_SECONDS = 2;
    private static final Duration BETWEEN_WRITES = Duration.ofMillis(5);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(20);

    /// @param server the node that acknowledged.
    public record Acknowledged(
            String writer, long sequence, String server, long sentNanos, long ackedNanos) {}

    private final TestCluster cluster;
    private final ConcurrentLinkedQueue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean ended;

    private Ledger(TestCluster cluster) {
        this.cluster = cluster;
    }

    /// Creates the table on `primary` and starts a writer for every node of the cluster.
    public static Ledger begin(TestCluster cluster, TestNode primary) {
        try {
            Sql.execute(
                    primary.postgresPort(),
                    """
                    CREATE TABLE IF NOT EXISTS ledger
                        (writer text, sequence bigint, PRIMARY KEY (writer, sequence));
                    TRUNCATE ledger\
                    """);
        } catch (SQLException e) {
            throw new AssertionError("the ledger cannot be created on " + primary, e);
        }
        Ledger ledger = new Ledger(cluster);
        for (TestNode node : cluster.nodes()) {
            ledger.startWriter(node.name(), node.postgresPort());
        }
        return ledger;
    }

    /// One more writer, through a proxy.
    public Ledger withClientThrough(int port) {
        startWriter(CLIENT, port);
        return this;
    }

    private void startWriter(String name, int port) {
        Thread thread =
                Thread.ofPlatform().daemon().name("writer-" + name).start(() -> write(name, port));
        writers.add(thread);
    }

    private void write(String writer, int port) {
        long sequence = 0;
        while (!ended) {
            try (Connection session = Sql.connect(port, SOCKET_TIMEOUT_SECONDS);
                    PreparedStatement insert =
                            session.prepareStatement("INSERT INTO ledger VALUES (?, ?)")) {
                String server = serverOf(session);
                while (!ended) {
                    // A number is never used twice: after an error its fate is not known.
                    sequence++;
                    insert.setString(1, writer);
                    insert.setLong(2, sequence);
                    Await.pause(insert(insert, writer, sequence, server));
                }
            } catch (SQLException _) {
                Await.pause(AFTER_FAILURE);
            }
        }
    }

    /// @return how long to wait before the next.
    private Duration insert(PreparedStatement insert, String writer, long sequence, String server)
            throws SQLException {
        long sent = System.nanoTime();
        try {
            insert.executeUpdate();
        } catch (SQLException e) {
            if (READ_ONLY.equals(e.getSQLState()) && !writer.equals(CLIENT)) {
                return AFTER_FAILURE;
            }
            throw e;
        }
        acknowledged.add(new Acknowledged(writer, sequence, server, sent, System.nanoTime()));
        return BETWEEN_WRITES;
    }

    private String serverOf(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT inet_server_port()")) {
            row.next();
            int port = row.getInt(1);
            for (TestNode node : cluster.nodes()) {
                if (node.postgresPort() == port) {
                    return node.name();
                }
            }
            return "port " + port;
        }
    }

    /// Waits until `writer` has an acknowledgement of a write sent after `nanos`, by any server
    /// other than `notServer`.
    ///
    /// @return when that came, on [System#nanoTime()].
    public long awaitWriteAfter(String writer, long nanos, String notServer, Duration within) {
        return Await.value(
                "a write of " + writer + " acknowledged by somebody else than " + notServer,
                within,
                () -> {
                    for (Acknowledged each : acknowledged) {
                        if (each.sentNanos > nanos
                                && each.writer.equals(writer)
                                && !each.server.equals(notServer)) {
                            return new Await.Seen.Yes<>(each.ackedNanos);
                        }
                    }
                    return new Await.Seen.NotYet<>(acknowledged.size() + " others");
                });
    }

    /// Like [#awaitWriteAfter], by any writer on any server.
    public long awaitAnyWriteAfter(long nanos, Duration within) {
        return Await.value(
                "a write",
                within,
                () -> {
                    for (Acknowledged each : acknowledged) {
                        if (each.sentNanos > nanos) {
                            return new Await.Seen.Yes<>(each.ackedNanos);
                        }
                    }
                    return new Await.Seen.NotYet<>("none of " + acknowledged.size());
                });
    }

    /// Ends the writers.
    public LedgerReport end() {
        close();
        return new LedgerReport(List.copyOf(acknowledged));
    }

    @Override
    public void close() {
        ended = true;
        for (Thread writer : writers) {
            try {
                writer.join(Duration.ofSeconds(3L * SOCKET_TIMEOUT_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
