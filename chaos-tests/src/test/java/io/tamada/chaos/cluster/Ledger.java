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
    private static final Duration NO_PATIENCE = Duration.ofSeconds(SOCKET_TIMEOUT_SECONDS);
    /// Longer than any fault: an acknowledgement that a frozen server gives after its thaw has to
    /// be heard.
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Duration BETWEEN_WRITES = Duration.ofMillis(5);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(20);

    /// @param server the node that acknowledged.
    /// @param timeline of that node when it did.
    public record Acknowledged(
            String writer,
            long sequence,
            String server,
            int timeline,
            long sentNanos,
            long ackedNanos) {}

    /// A write that ended with an error, other than one which a standby refuses. Its row may be
    /// there all the same.
    public record Failed(String writer, String reason, long sentNanos, long failedNanos) {}

    /// The timeline of a primary, as the last column of a write.
    public static final String TIMELINE =
            "('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int";

    private static final String INSERT = "INSERT INTO ledger VALUES (?, ?) RETURNING " + TIMELINE;

    private final TestCluster cluster;
    private final ConcurrentLinkedQueue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Failed> failed = new ConcurrentLinkedQueue<>();
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
            ledger.startWriter(node.name(), node.postgresPort(), NO_PATIENCE);
        }
        return ledger;
    }

    /// One more writer, through a proxy.
    public Ledger withClientThrough(int port) {
        startWriter(CLIENT, port, NO_PATIENCE);
        return this;
    }

    /// One more writer for every node, which waits through whatever happens to it.
    public Ledger withPatientWriters() {
        for (TestNode node : cluster.nodes()) {
            startWriter("patient-" + node.name(), node.postgresPort(), PATIENCE);
        }
        return this;
    }

    private void startWriter(String name, int port, Duration patience) {
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("writer-" + name)
                        .start(() -> write(name, port, patience));
        writers.add(thread);
    }

    private void write(String writer, int port, Duration patience) {
        long sequence = 0;
        while (!ended) {
            try (Connection session = Sql.connect(port, SOCKET_TIMEOUT_SECONDS);
                    PreparedStatement insert = session.prepareStatement(INSERT)) {
                session.setNetworkTimeout(Runnable::run, (int) patience.toMillis());
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
        try (ResultSet row = insert.executeQuery()) {
            row.next();
            acknowledge(writer, sequence, server, row.getInt(1), sent);
        } catch (SQLException e) {
            if (READ_ONLY.equals(e.getSQLState()) && !writer.equals(CLIENT)) {
                return AFTER_FAILURE;
            }
            fail(writer, e, sent);
            throw e;
        }
        return BETWEEN_WRITES;
    }

    /// Records that a write of a client of another kind is acknowledged now.
    ///
    /// @param timeline what [#TIMELINE] has told.
    public void acknowledge(
            String writer, long sequence, String server, int timeline, long sentNanos) {
        acknowledged.add(
                new Acknowledged(writer, sequence, server, timeline, sentNanos, System.nanoTime()));
    }

    /// Records that a write has ended with an error now.
    public void fail(String writer, SQLException reason, long sentNanos) {
        failed.add(
                new Failed(
                        writer,
                        reason.getSQLState() + " " + reason.getMessage(),
                        sentNanos,
                        System.nanoTime()));
    }

    /// Whether some server acknowledged a write on a later timeline than `timeline`.
    public boolean isBeyond(int timeline) {
        return acknowledged.stream().anyMatch(each -> each.timeline > timeline);
    }

    public boolean hasWriteOfAnotherThan(String server) {
        return acknowledged.stream().anyMatch(each -> !each.server.equals(server));
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

    /// Ends the writers. A patient one whose server stands still is not waited for.
    public LedgerReport end() {
        close();
        return new LedgerReport(List.copyOf(acknowledged), List.copyOf(failed));
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
