package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Await;
import io.tamada.chaos.cluster.Ledger;
import io.tamada.chaos.cluster.Processes;
import io.tamada.chaos.cluster.Signals;
import io.tamada.chaos.cluster.Sql;
import io.tamada.chaos.cluster.TestNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Clients of the old primary that make fencing hard. Idle sessions end with their server, and a
/// short write rarely meets the moment that matters; these
///
/// - burn the processor in a statement whose next step is the commit: such a backend looks at
///   nothing and outlives a killed postmaster;
/// - hold a transaction and a COPY open, and commit as soon as a new primary has acknowledged;
/// - have their backend SIGSTOPped with a write in its socket, let go at that same moment.
///
/// Each acknowledgement goes to the ledger, which is the proof.
final class BusyClients implements AutoCloseable {

    private static final Duration CYCLE = Duration.ofMillis(200);
    private static final Duration BETWEEN = Duration.ofMillis(100);
    private static final Duration LOOK_EVERY = Duration.ofMillis(2);
    private static final Duration JOIN = Duration.ofSeconds(10);
    private static final int CONNECT_SECONDS = 5;
    private static final int COPY_ROWS = 5;

    private static final String BURN =
            """
            CREATE OR REPLACE FUNCTION ledger_burn(seconds float) RETURNS void
            LANGUAGE plpgsql AS $$
            DECLARE ends timestamptz := clock_timestamp() + seconds * interval '1 s';
            BEGIN
                WHILE clock_timestamp() < ends LOOP END LOOP;
            END $$\
            """;

    private static final String INSERT =
            "INSERT INTO ledger VALUES ('%s', %d) RETURNING " + Ledger.TIMELINE;

    /// The part of one client; an error is the end of it.
    private interface Part {
        void play() throws SQLException;
    }

    private final Ledger ledger;
    private final TestNode primary;
    private final int timeline;
    private final Duration longStatement;
    private final CountDownLatch ready = new CountDownLatch(3);
    private final CountDownLatch fault = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<Connection> sessions = new ConcurrentLinkedQueue<>();
    private volatile boolean released;
    private volatile long stoppedBackend;

    private BusyClients(Ledger ledger, TestNode primary, int timeline, Duration longStatement) {
        this.ledger = ledger;
        this.primary = primary;
        this.timeline = timeline;
        this.longStatement = longStatement;
    }

    /// Returns when all have their sessions.
    ///
    /// @param ttl the long statement ends at a random moment around it, counted from the fault.
    static BusyClients begin(
            Ledger ledger, TestNode primary, Duration ttl, RandomGenerator random) {
        try {
            Sql.execute(primary.postgresPort(), BURN);
            int timeline =
                    Integer.parseInt(
                            Sql.column(primary.postgresPort(), "SELECT " + Ledger.TIMELINE)
                                    .getFirst());
            Duration longOne =
                    Duration.ofMillis((long) (ttl.toMillis() * random.nextDouble(0.6, 1.5)));
            BusyClients clients = new BusyClients(ledger, primary, timeline, longOne);
            clients.begin("busy", clients::burnAgainAndAgain);
            clients.begin("busy-long", clients::burnOnce);
            clients.begin("copy", clients::copyAgainAndAgain);
            clients.begin("late-copy", clients::copyLate);
            clients.begin("late-commit", clients::commitLate);
            clients.begin("stopped", clients::writeStopped);
            clients.ready.await();
            return clients;
        } catch (SQLException e) {
            throw new AssertionError("the busy clients cannot begin on " + primary, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void begin(String name, Part part) {
        threads.add(
                Thread.ofPlatform()
                        .daemon()
                        .name("client-" + name)
                        .start(
                                () -> {
                                    try {
                                        part.play();
                                    } catch (SQLException _) {
                                        // The server is gone, as it should be; the ledger tells.
                                    }
                                }));
    }

    /// The moment of the fault: one backend is stopped, the long statement begins.
    void faultBegins() {
        Signals.STOP.to(stoppedBackend);
        fault.countDown();
    }

    /// Lets those go on that wait for a new primary.
    void release() {
        released = true;
    }

    private Connection session() throws SQLException {
        Connection session = Sql.connect(primary.postgresPort(), CONNECT_SECONDS);
        // Zero is for ever: what a thawed or late server says has to be heard.
        session.setNetworkTimeout(Runnable::run, 0);
        sessions.add(session);
        return session;
    }

    private void burnAgainAndAgain() throws SQLException {
        try (Connection session = session()) {
            for (long sequence = 1; !released; sequence++) {
                burn(session, "busy", sequence, CYCLE);
                Await.pause(BETWEEN);
            }
        }
    }

    private void burnOnce() throws SQLException {
        try (Connection session = session()) {
            if (awaitFault()) {
                burn(session, "busy-long", 1, longStatement);
            }
        }
    }

    /// Two statements in one message: the commit follows at once.
    private void burn(Connection session, String writer, long sequence, Duration length)
            throws SQLException {
        long sent = System.nanoTime();
        try (Statement statement = session.createStatement()) {
            statement.execute(
                    "SELECT ledger_burn(%d / 1000.0); ".formatted(length.toMillis())
                            + INSERT.formatted(writer, sequence));
            statement.getMoreResults();
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                acknowledge(writer, sequence, row.getInt(1), sent);
            }
        }
    }

    private void copyAgainAndAgain() throws SQLException {
        try (Connection session = session()) {
            for (long sequence = 1; !released; sequence += COPY_ROWS) {
                long sent = System.nanoTime();
                CopyIn copy = copyIn(session);
                for (long each = sequence; each < sequence + COPY_ROWS; each++) {
                    row(copy, "copy", each);
                    Await.pause(BETWEEN);
                }
                copy.endCopy();
                for (long each = sequence; each < sequence + COPY_ROWS; each++) {
                    acknowledge("copy", each, timeline, sent);
                }
            }
        }
    }

    private void copyLate() throws SQLException {
        try (Connection session = session()) {
            CopyIn copy = copyIn(session);
            row(copy, "late-copy", 1);
            ready.countDown();
            awaitNewPrimary();
            long sent = System.nanoTime();
            copy.endCopy();
            acknowledge("late-copy", 1, timeline, sent);
        }
    }

    private void commitLate() throws SQLException {
        try (Connection session = session()) {
            session.setAutoCommit(false);
            try (Statement statement = session.createStatement()) {
                statement.execute(INSERT.formatted("late-commit", 1));
            }
            ready.countDown();
            awaitNewPrimary();
            long sent = System.nanoTime();
            session.commit();
            acknowledge("late-commit", 1, timeline, sent);
        }
    }

    private void writeStopped() throws SQLException {
        try (Connection session = session();
                PreparedStatement insert =
                        session.prepareStatement(INSERT.formatted("stopped", 1))) {
            stoppedBackend = session.unwrap(PGConnection.class).getBackendPID();
            ready.countDown();
            if (!awaitFault()) {
                return;
            }
            Thread thaw = Thread.ofPlatform().daemon().start(this::continueStopped);
            threads.add(thaw);
            long sent = System.nanoTime();
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                acknowledge("stopped", 1, row.getInt(1), sent);
            }
        }
    }

    private void continueStopped() {
        awaitNewPrimary();
        // A process of that number that is no backend of this node is somebody else's.
        if (Processes.ofInstance(primary.dataDirectory()).contains(stoppedBackend)) {
            Signals.CONT.to(stoppedBackend);
        }
    }

    private static CopyIn copyIn(Connection session) throws SQLException {
        return session.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY ledger FROM STDIN");
    }

    private static void row(CopyIn copy, String writer, long sequence) throws SQLException {
        byte[] line =
                (writer + "\t" + sequence + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        copy.writeToCopy(line, 0, line.length);
        copy.flushCopy();
    }

    private void acknowledge(String writer, long sequence, int onTimeline, long sent) {
        ledger.acknowledge(writer, sequence, primary.name(), onTimeline, sent);
    }

    /// @return false when there was none.
    private boolean awaitFault() {
        try {
            fault.await();
            return !released;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void awaitNewPrimary() {
        while (!released && !ledger.isBeyond(timeline)) {
            Await.pause(LOOK_EVERY);
        }
    }

    /// Ends all of them, whatever they wait for.
    @Override
    public void close() {
        released = true;
        fault.countDown();
        for (Thread thread : List.copyOf(threads)) {
            join(thread, JOIN);
        }
        for (Connection session : sessions) {
            try {
                session.abort(Runnable::run);
            } catch (SQLException _) {
                // Closed already.
            }
        }
        threads.forEach(thread -> join(thread, JOIN));
    }

    private static void join(Thread thread, Duration within) {
        try {
            thread.join(within);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
