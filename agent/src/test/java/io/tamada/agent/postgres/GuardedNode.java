package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.guard.Guard;
import io.tamada.agent.guard.GuardProgram;
import io.tamada.agent.os.PosixClock;
import io.tamada.agent.os.PosixKill;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.time.Monotonic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A primary with the real guard beside it. Commands go to the node, deadlines to the guard.
final class GuardedNode implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final TestNode node;
    private final PosixClock clock = new PosixClock();
    final List<Instant> strikes = new CopyOnWriteArrayList<>();
    private final List<Guard> guards = new ArrayList<>();
    private final List<Connection> sessions = new ArrayList<>();

    /// Not started yet.
    GuardedNode(TestNode node) {
        this.node = node;
    }

    static GuardedNode primary(Path root) throws Exception {
        GuardedNode guarded = new GuardedNode(new TestNode(root, "node-a"));
        guarded.node.bootstrap();
        return guarded;
    }

    /// What the agent has: a keeper of the guard. A second one is that of the agent's next life.
    Guard agent() throws InterruptedException {
        Guard guard =
                new Guard(
                        GuardProgram.ofThisInstallation(),
                        place(),
                        () -> node.control.processes().directory(),
                        () -> node.control.processes().whyUnseen(),
                        FencingStatus.Mode.AUTOMATIC,
                        clock,
                        strikes::add);
        guards.add(guard);
        guard.start();
        await("a guard", () -> guard.rung().state() != FencingStatus.State.UNAVAILABLE);
        return guard;
    }

    Path place() {
        return node.settings.stateDirectory().resolve("guard");
    }

    long guardPid() throws IOException {
        return Long.parseLong(Files.readString(place().resolve("pid.1")).strip());
    }

    boolean isGuardAlive(long pid) {
        return InstanceProcesses.isAlive(pid);
    }

    Monotonic now() {
        return clock.now();
    }

    Monotonic in(long millis) {
        return now().plus(Duration.ofMillis(millis));
    }

    List<Long> processes() {
        return node.control.processes().find();
    }

    long postmaster() throws IOException {
        return Long.parseLong(node.file("postmaster.pid").lines().findFirst().orElseThrow());
    }

    /// A session that computes and, should it ever come to the end, commits.
    long busyBackend() throws SQLException {
        Connection session = session();
        long pid = pidOf(session);
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try (Statement statement = session.createStatement()) {
                                statement.execute("SELECT count(*) FROM generate_series(1, 1e12)");
                            } catch (SQLException _) {
                                // Its end is what the test waits for.
                            }
                        });
        return pid;
    }

    long idleBackend() throws SQLException {
        return pidOf(session());
    }

    private Connection session() throws SQLException {
        Connection session = node.connect();
        sessions.add(session);
        return session;
    }

    private static long pidOf(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getLong(1);
        }
    }

    /// Waits until no process of the instance is left.
    ///
    /// @return when that was seen.
    Monotonic awaitEnd() throws InterruptedException {
        await("the end of every process", () -> processes().isEmpty());
        return now();
    }

    /// Waits for an instant, since nothing that must not happen tells when it has not.
    void awaitInstant(Monotonic instant) throws InterruptedException {
        await("an instant", () -> now().isAtOrAfter(instant));
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("still waiting for " + what).isNegative();
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    static void signal(long pid, int signal) {
        assertThat(PosixKill.signal(pid, signal)).isEqualTo(PosixKill.Sent.DELIVERED);
    }

    @Override
    public void close() throws SQLException {
        for (Connection session : sessions) {
            session.abort(Runnable::run);
        }
        guards.forEach(Guard::close);
        Guard.retireAll(place());
        for (long pid : processes()) {
            PosixKill.Sent _ = PosixKill.signal(pid, PosixKill.SIGKILL);
        }
        node.close();
    }
}
