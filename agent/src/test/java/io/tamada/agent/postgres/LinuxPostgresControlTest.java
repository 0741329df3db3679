package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.os.PosixKill;
import io.tamada.agent.postgres.PostgresSettings.Bootstrap;
import io.tamada.agent.postgres.PostgresSettings.BootstrapUser;
import io.tamada.agent.postgres.PostgresSettings.LocalAccess;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.PostgresSettings.Roles;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;

/// One node on real PostgreSQL.
@Unprivileged
class LinuxPostgresControlTest {

    @TempDir Path root;

    @Test
    void aNewInstanceStartsIsProvisionedAndAnswers() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            assertThat(node.control.observe().directory()).isEqualTo(new DataDirectory.Empty());
            assertThat(node.control.observe().isDown()).isTrue();
            node.succeed(new PostgresCommand.Initdb());
            node.succeed(new PostgresCommand.StartAsPrimary());
            node.succeed(new PostgresCommand.Provision());

            ServerStatus status = node.awaitStatus(s -> true);
            assertThat(status.inRecovery()).isFalse();
            assertThat(status.timeline()).isEqualTo(Timeline.FIRST);
            assertThat(status.written()).isNotNull();
            assertThat(status.checkpointAfterPromote()).isTrue();
            assertThat(status.pendingRestart()).isFalse();
            assertThat(status.history()).isEqualTo(TimelineHistory.EMPTY);
            LocalPostgres seen = node.control.observe();
            assertThat(seen.directory())
                    .isInstanceOfSatisfying(
                            DataDirectory.Ready.class,
                            ready -> {
                                assertThat(ready.knownHere()).isTrue();
                                assertThat(ready.standbySignal()).isFalse();
                            });
            assertThat(Objects.requireNonNull(node.board.latest()).status()).isNotNull();
            assertThat(
                            node.query(
                                    "SELECT string_agg(rolname, ',' ORDER BY rolname) FROM pg_roles"
                                            + " WHERE rolname IN ('replicator', 'rewinder')"))
                    .isEqualTo("replicator,rewinder");

            node.succeed(new PostgresCommand.Stop(StopMode.FAST));
            assertThat(node.control.observe().isDown()).isTrue();
        }
    }

    @Test
    void aConfigurationIsCheckedByTheServersOwnProgram() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            TreeMap<String, String> parameters = new TreeMap<>();
            parameters.put("work_mem", "6MB");
            assertThat(node.control.refused(TestNode.config(parameters).postgres())).isEmpty();
            parameters.put("work_mem", "none");
            assertThat(node.control.refused(TestNode.config(parameters).postgres()))
                    .containsOnlyKeys("work_mem");
        }
    }

    @Test
    void aPostmasterThatDiesIsDownOnlyWhenItsBusyBackendIsGoneToo() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            Thread busy = busyBackend(node);
            long backend = awaitBusyBackend(node);
            long postmaster = postmaster(node);

            PosixKill.signal(postmaster, PosixKill.SIGKILL);
            node.await(LocalPostgres::isDown);

            assertThat(InstanceProcesses.isAlive(backend)).isFalse();
            assertThat(node.control.processes().find()).isEmpty();
            assertThat(Objects.requireNonNull(node.board.latest()).state())
                    .isEqualTo(MemberState.CRASHED);
            busy.join();
            node.succeed(new PostgresCommand.StartAsPrimary());
            assertThat(node.awaitStatus(s -> true).timeline()).isEqualTo(Timeline.FIRST);
        }
    }

    @Test
    void everyProcessOfAnInstanceCanBeKilledAtOnce() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            Thread busy = busyBackend(node);
            awaitBusyBackend(node);
            InstanceProcesses fence = new InstanceProcesses(node.settings.dataDirectory());

            assertThat(fence.find()).hasSizeGreaterThan(5);
            assertThat(fence.killAll()).isTrue();

            assertThat(fence.find()).isEmpty();
            node.await(LocalPostgres::isDown);
            busy.join();
        }
    }

    @Test
    void aServerThatRunsAlreadyIsAdoptedAndItsExitIsSeen() throws Exception {
        TestNode first = new TestNode(root, "node-a");
        first.bootstrap();
        first.succeed(new PostgresCommand.Stop(StopMode.FAST));
        Path log = root.resolve("pg_ctl.log");
        Process ctl =
                new ProcessBuilder(
                                TestNode.BIN.resolve("pg_ctl").toString(),
                                "-D",
                                first.settings.dataDirectory().toString(),
                                "-l",
                                log.toString(),
                                "-w",
                                "start")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(ctl.waitFor()).isZero();

        try (TestNode second = first.successor(UnaryOperator.identity())) {
            long pid = postmaster(second);
            second.awaitStatus(s -> !s.inRecovery());
            second.succeed(new PostgresCommand.StartAsPrimary());
            assertThat(postmaster(second)).isEqualTo(pid);

            long before = System.nanoTime();
            PosixKill.signal(pid, PosixKill.SIGKILL);
            second.await(LocalPostgres::isDown);
            assertThat(System.nanoTime() - before).isLessThan(1_000_000_000L);
        }
    }

    @Test
    void aPromotedStandbyHasANewTimelineAHistoryAndSoonACheckpoint() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            node.succeed(new PostgresCommand.Stop(StopMode.FAST));
            node.succeed(new PostgresCommand.StartAsStandby(null));
            ServerStatus standby = node.awaitStatus(ServerStatus::inRecovery);
            assertThat(standby.timeline()).isEqualTo(Timeline.FIRST);
            assertThat(standby.replayed()).isNotNull();
            assertThat(standby.written()).isNull();

            node.succeed(new PostgresCommand.Promote(new Timeline(2)));

            ServerStatus primary = Objects.requireNonNull(node.control.observe().status());
            assertThat(primary.inRecovery()).isFalse();
            assertThat(primary.timeline()).isEqualTo(new Timeline(2));
            assertThat(primary.history().current()).isEqualTo(new Timeline(2));
            assertThat(primary.history().switchPointOf(Timeline.FIRST)).isNotNull();
            node.awaitStatus(ServerStatus::checkpointAfterPromote);
            assertThat(node.settings.dataDirectory().resolve("standby.signal")).doesNotExist();
        }
    }

    @Test
    void aFastStopThatHangsIsMadeImmediate() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            PosixKill.signal(postmaster(node), PosixKill.SIGSTOP);
            node.begin(new PostgresCommand.Stop(StopMode.FAST));
            node.await(p -> p.process() instanceof ServerProcess.NotAnswering n && n.stopping());

            node.begin(new PostgresCommand.Stop(StopMode.IMMEDIATE));

            assertThat(node.ended()).isInstanceOf(Operation.Succeeded.class);
            assertThat(node.control.observe().isDown()).isTrue();
            assertThat(node.control.processes().find()).isEmpty();
        }
    }

    /// `SlowStop` in the core tells the two parts of a stop apart by this.
    @Test
    void theControlFileTellsWhetherAStopWaitsForASessionOrForAStandby() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            try (Connection stopped = node.connect();
                    Connection other = node.connect();
                    Connection standby = silentStandby(node)) {
                assertThat(standby.isClosed()).isFalse();
                int backend = stopped.unwrap(PGConnection.class).getBackendPID();
                PosixKill.signal(backend, PosixKill.SIGSTOP);

                node.begin(new PostgresCommand.Stop(StopMode.FAST));
                awaitEnd(other);
                assertThat(state(node.control.observe())).isEqualTo(ControlState.IN_PRODUCTION);

                PosixKill.signal(backend, PosixKill.SIGCONT);
                LocalPostgres seen = node.await(p -> state(p) == ControlState.SHUT_DOWN);
                assertThat(seen.isDown()).isFalse();
            }
            assertThat(node.ended()).isInstanceOf(Operation.Succeeded.class);
        }
    }

    private static @Nullable ControlState state(LocalPostgres seen) {
        ControlData control = seen.control();
        return control == null ? null : control.state();
    }

    /// It takes what little WAL there is from now on, and never says how far it has come.
    private static Connection silentStandby(TestNode node) throws SQLException {
        String end = node.query("SELECT pg_current_wal_flush_lsn()");
        Properties properties = new Properties();
        properties.setProperty("user", "replicator");
        properties.setProperty("password", "rep:secret");
        properties.setProperty("replication", "true");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "15");
        Connection connection =
                DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:%d/postgres"
                                .formatted(node.settings.listen().port()),
                        properties);
        var _ =
                connection
                        .unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .physical()
                        .withStartPosition(LogSequenceNumber.valueOf(end))
                        .start();
        return connection;
    }

    /// Waits until the server ends a session.
    private static void awaitEnd(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("SELECT pg_sleep(30)");
            throw new AssertionError("the session was not ended");
        } catch (SQLException ended) {
            assertThat(ended.getSQLState()).isIn("57P01", "08006", "08003");
        }
    }

    @Test
    void usersAndHookRunOnceAfterInitdbAndNoPasswordReachesTheLog() throws Exception {
        Path proof = root.resolve("proof");
        Bootstrap bootstrap =
                new Bootstrap(
                        List.of("local all all trust", "host all all 127.0.0.1/32 scram-sha-256"),
                        List.of(new BootstrapUser("app", "app secret", List.of("createdb"))),
                        "/bin/sh -c 'echo \"$PGPASSFILE $1\" >> " + proof + "' hook");
        TreeMap<String, String> loud = new TreeMap<>();
        loud.put("log_statement", "all");
        loud.put("log_min_duration_statement", "0");
        try (TestNode node = new TestNode(root, "node-a", TestNode.bootstrap(bootstrap, loud))) {
            node.bootstrap();
            node.succeed(new PostgresCommand.Provision());

            assertThat(Files.readAllLines(proof))
                    .singleElement()
                    .asString()
                    .endsWith(
                            "user=postgres host=127.0.0.1 port="
                                    + node.settings.listen().port()
                                    + " dbname=postgres");
            assertThat(node.query("SELECT rolcreatedb::text FROM pg_roles WHERE rolname = 'app'"))
                    .isEqualTo("true");
            assertThat(Files.readString(node.settings.stateDirectory().resolve("postgres.log")))
                    .contains("statement:")
                    .doesNotContain("secret")
                    .doesNotContain("SCRAM-SHA-256$");
        }
    }

    @Test
    void theUnixSocketServesWhereTcpIsClosed() throws Exception {
        try (TestNode node =
                new TestNode(root, "node-a", TestNode.access(LocalAccess.UNIX_SOCKET))) {
            node.succeed(new PostgresCommand.Initdb());
            Files.writeString(
                    node.settings.dataDirectory().resolve("pg_hba.conf"), "local all all trust\n");
            node.succeed(new PostgresCommand.StartAsPrimary());
            node.succeed(new PostgresCommand.Provision());
        }
    }

    @Test
    void aFileOfTheUsersStandsInForTheOriginalAndGivesWayToWhatIsManaged() throws Exception {
        Path custom = Files.writeString(root.resolve("it's.conf"), "work_mem = 3MB\nport = 1\n");
        try (TestNode node = new TestNode(root, "node-a")) {
            node.control.configure(TestNode.config(Map.of(), custom.toString()));
            node.bootstrap();
            assertThat(node.query("SHOW work_mem")).isEqualTo("3MB");
            Files.writeString(custom, "work_mem = 5MB\n");
            node.query("SELECT pg_reload_conf()");
            node.await(_ -> "5MB".equals(shown(node)));
            node.control.configure(TestNode.config(new TreeMap<>()));
            node.await(_ -> "4MB".equals(shown(node)));
        }
    }

    private static String shown(TestNode node) {
        try {
            return node.query("SHOW work_mem");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void programsMayHaveNamesOfTheirOwn() throws Exception {
        Path bin = Files.createDirectory(root.resolve("bin"));
        Map<String, String> names =
                Map.of("initdb", "initdb-custom", "pg_controldata", "controldata");
        for (String program : List.of("postgres", "initdb", "pg_controldata")) {
            Files.createSymbolicLink(
                    bin.resolve(names.getOrDefault(program, program)),
                    TestNode.BIN.resolve(program));
        }
        try (TestNode node =
                new TestNode(
                        root,
                        "node-a",
                        TestNode.binaries(new PostgresSettings.Binaries(bin, names)))) {
            node.succeed(new PostgresCommand.Initdb());
            node.succeed(new PostgresCommand.StartAsPrimary());
            node.succeed(new PostgresCommand.Provision());
            assertThat(node.query("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aRefusedSuperuserIsNamedWithTheReason() throws Exception {
        TestNode first = new TestNode(root, "node-a");
        first.bootstrap();
        Roles wrong =
                new Roles(
                        Role.of("postgres", "mistyped"),
                        first.settings.roles().replication(),
                        null);
        try (TestNode second = first.successor(TestNode.roles(wrong))) {
            second.begin(new PostgresCommand.StartAsPrimary());
            LocalPostgres seen =
                    second.await(
                            p ->
                                    p.operation() instanceof Operation.Running running
                                            && running.progress().contains("refuses"));
            assertThat(((Operation.Running) seen.operation()).progress())
                    .contains("\"postgres\" (postgresql.authentication.superuser)")
                    .contains("password authentication failed")
                    .doesNotContain("mistyped");
        }
    }

    @Test
    void foreignDirectoriesAreRefusedWithTheCure() throws Exception {
        assertThat(refusal(Path.of("/usr/lib/postgresql")))
                .contains("belongs to user root")
                .contains("change the owner");

        Path stranger = Files.createDirectory(root.resolve("stranger"));
        Files.writeString(stranger.resolve("letter.txt"), "dear diary");
        assertThat(refusal(stranger)).contains("chmod 0700");
        DataDirectories.close(stranger);
        assertThat(refusal(stranger)).contains("not a PostgreSQL data directory");

        Files.writeString(stranger.resolve("PG_VERSION"), "9.6\n");
        assertThat(refusal(stranger)).contains("made by PostgreSQL 9.6").contains("pg_upgrade");
        try (TestNode node = new TestNode(root, "node-b", TestNode.data(stranger))) {
            assertThat(node.fail(new PostgresCommand.Initdb())).contains("not empty");
            assertThat(stranger.resolve("letter.txt")).exists();
        }
    }

    private String refusal(Path directory) throws Exception {
        try (TestNode node = new TestNode(root, "node-a", TestNode.data(directory))) {
            return ((DataDirectory.Unusable) node.control.observe().directory()).reason();
        }
    }

    @Test
    void aFailedStartSaysTheServersLastWords() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.succeed(new PostgresCommand.Initdb());
            Files.writeString(
                    node.settings.dataDirectory().resolve("postgresql.base.conf"),
                    "work_mem = nonsense\n");

            assertThat(node.fail(new PostgresCommand.StartAsPrimary())).contains("work_mem");
            node.fail(new PostgresCommand.StartAsPrimary());
            assertThat(((Operation.Failed) node.control.observe().operation()).attempt())
                    .isEqualTo(2);
        }
    }

    static long postmaster(TestNode node) throws Exception {
        return Objects.requireNonNull(PostmasterPid.read(node.settings.dataDirectory())).pid();
    }

    /// A backend that computes and never looks up.
    private static Thread busyBackend(TestNode node) {
        return Thread.ofVirtual()
                .start(
                        () -> {
                            try (Connection connection = node.connect();
                                    Statement statement = connection.createStatement()) {
                                statement.execute("DO $$ BEGIN LOOP END LOOP; END $$");
                            } catch (SQLException killed) {
                                assertThat(killed.getSQLState()).startsWith("08");
                            }
                        });
    }

    private static long awaitBusyBackend(TestNode node) throws Exception {
        String pid = "";
        for (int attempt = 0; attempt < 500 && pid.isEmpty(); attempt++) {
            pid =
                    node.query(
                            "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE"
                                    + " 'DO %'");
        }
        return Long.parseLong(pid);
    }
}
