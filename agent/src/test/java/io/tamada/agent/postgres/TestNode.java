package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.hooks.Scripts;
import io.tamada.agent.os.PosixClock;
import io.tamada.agent.postgres.PostgresSettings.Bootstrap;
import io.tamada.agent.postgres.PostgresSettings.ConnectAddress;
import io.tamada.agent.postgres.PostgresSettings.Listen;
import io.tamada.agent.postgres.PostgresSettings.LocalAccess;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.PostgresSettings.Roles;
import io.tamada.agent.postgres.PostgresSettings.ServerOutput;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterConfig.PostgresPart;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.PostgresControl.Begun;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ProbeBoard;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One real node below a temporary directory.
final class TestNode implements AutoCloseable {

    static final Path BIN = bin();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final Path root;
    final MemberName name;
    final PostgresSettings settings;
    final ProbeBoard board = new ProbeBoard();
    final LinuxPostgresControl control;
    private boolean isOpen = true;
    volatile Scripts scripts = Scripts.NONE;
    final AtomicBoolean restarting = new AtomicBoolean();
    final AtomicBoolean covered = new AtomicBoolean(true);

    private static Path bin() {
        Path base = Path.of("/usr/lib/postgresql");
        try (var versions = Files.newDirectoryStream(base)) {
            Path newest = null;
            for (Path version : versions) {
                if (Files.isExecutable(version.resolve("bin/postgres"))
                        && (newest == null || version.compareTo(newest) > 0)) {
                    newest = version;
                }
            }
            return Objects.requireNonNull(newest, "no PostgreSQL server below " + base)
                    .resolve("bin");
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    TestNode(Path root, String name) throws IOException {
        this(root, name, UnaryOperator.identity());
    }

    TestNode(Path root, String name, UnaryOperator<PostgresSettings> change) throws IOException {
        this.root = root;
        this.name = new MemberName(name);
        this.settings = change.apply(settings(root, name, freePort()));
        this.control = open();
    }

    /// Another agent over the same files, as after the death of the first one.
    private TestNode(TestNode former, UnaryOperator<PostgresSettings> change) throws IOException {
        this.root = former.root;
        this.name = former.name;
        this.settings = change.apply(former.settings);
        this.control = open();
    }

    private LinuxPostgresControl open() throws IOException {
        LinuxPostgresControl opened =
                new LinuxPostgresControl(
                        settings,
                        new PosixClock(),
                        board,
                        () -> {},
                        () -> scripts,
                        restarting::get,
                        covered::get);
        opened.configure(config(new TreeMap<>()));
        assertThat(opened.start()).isNull();
        return opened;
    }

    TestNode successor(UnaryOperator<PostgresSettings> change) throws IOException {
        control.close();
        isOpen = false;
        return new TestNode(this, change);
    }

    static ClusterConfig config(SortedMap<String, String> parameters) {
        return ClusterConfig.DEFAULTS.withPostgres(
                new PostgresPart(true, true, false, false, parameters, List.of(), List.of()));
    }

    static ClusterConfig config(Map<String, String> recoveryConf, @Nullable String customConf) {
        return ClusterConfig.DEFAULTS.withPostgres(
                new PostgresPart(
                        true,
                        true,
                        false,
                        false,
                        new TreeMap<>(),
                        List.of(),
                        List.of(),
                        new TreeMap<>(recoveryConf),
                        customConf,
                        false));
    }

    static PostgresSettings settings(Path root, String name, int port) {
        Path data = root.resolve(name);
        SortedMap<String, String> parameters = new TreeMap<>();
        parameters.put("unix_socket_directories", root.toString());
        parameters.put("fsync", "off");
        parameters.put("shared_buffers", "16MB");
        return new PostgresSettings(
                "test-cluster",
                new MemberName(name),
                new Listen("127.0.0.1", port),
                new ConnectAddress("127.0.0.1", port),
                LocalAccess.TCP,
                data,
                PostgresSettings.Binaries.in(BIN),
                null,
                PostgresSettings.beside(data),
                root.resolve(name + ".pgpass"),
                new Roles(
                        Role.of("postgres", "super secret"),
                        Role.of("replicator", "rep:secret"),
                        Role.of("rewinder", "rewind'secret")),
                List.of("--no-sync", "--locale=C", "--encoding=UTF8"),
                List.of("--no-sync"),
                parameters,
                List.of(),
                List.of(),
                Bootstrap.NOTHING,
                ServerOutput.FILE);
    }

    /// The same settings with other options for pg_basebackup.
    static UnaryOperator<PostgresSettings> basebackup(String... options) {
        return s ->
                new PostgresSettings(
                        s.scope(),
                        s.memberName(),
                        s.listen(),
                        s.connectAddress(),
                        s.localAccess(),
                        s.dataDirectory(),
                        s.binaries(),
                        s.configDirectory(),
                        s.stateDirectory(),
                        s.pgpass(),
                        s.roles(),
                        s.initdbOptions(),
                        List.of(options),
                        s.parameters(),
                        s.hba(),
                        s.ident(),
                        s.bootstrap(),
                        s.output());
    }

    static UnaryOperator<PostgresSettings> roles(Roles roles) {
        return s ->
                new PostgresSettings(
                        s.scope(),
                        s.memberName(),
                        s.listen(),
                        s.connectAddress(),
                        s.localAccess(),
                        s.dataDirectory(),
                        s.binaries(),
                        s.configDirectory(),
                        s.stateDirectory(),
                        s.pgpass(),
                        roles,
                        s.initdbOptions(),
                        s.basebackupOptions(),
                        s.parameters(),
                        s.hba(),
                        s.ident(),
                        s.bootstrap(),
                        s.output());
    }

    static UnaryOperator<PostgresSettings> access(LocalAccess access) {
        return s ->
                new PostgresSettings(
                        s.scope(),
                        s.memberName(),
                        s.listen(),
                        s.connectAddress(),
                        access,
                        s.dataDirectory(),
                        s.binaries(),
                        s.configDirectory(),
                        s.stateDirectory(),
                        s.pgpass(),
                        s.roles(),
                        s.initdbOptions(),
                        s.basebackupOptions(),
                        s.parameters(),
                        s.hba(),
                        s.ident(),
                        s.bootstrap(),
                        s.output());
    }

    static UnaryOperator<PostgresSettings> binaries(PostgresSettings.Binaries binaries) {
        return s ->
                new PostgresSettings(
                        s.scope(),
                        s.memberName(),
                        s.listen(),
                        s.connectAddress(),
                        s.localAccess(),
                        s.dataDirectory(),
                        binaries,
                        s.configDirectory(),
                        s.stateDirectory(),
                        s.pgpass(),
                        s.roles(),
                        s.initdbOptions(),
                        s.basebackupOptions(),
                        s.parameters(),
                        s.hba(),
                        s.ident(),
                        s.bootstrap(),
                        s.output());
    }

    static UnaryOperator<PostgresSettings> data(Path data) {
        return s ->
                new PostgresSettings(
                        s.scope(),
                        s.memberName(),
                        s.listen(),
                        s.connectAddress(),
                        s.localAccess(),
                        data,
                        s.binaries(),
                        s.configDirectory(),
                        s.stateDirectory(),
                        s.pgpass(),
                        s.roles(),
                        s.initdbOptions(),
                        s.basebackupOptions(),
                        s.parameters(),
                        s.hba(),
                        s.ident(),
                        s.bootstrap(),
                        s.output());
    }

    static UnaryOperator<PostgresSettings> bootstrap(
            Bootstrap bootstrap, SortedMap<String, String> parameters) {
        return s -> {
            SortedMap<String, String> all = new TreeMap<>(s.parameters());
            all.putAll(parameters);
            return new PostgresSettings(
                    s.scope(),
                    s.memberName(),
                    s.listen(),
                    s.connectAddress(),
                    s.localAccess(),
                    s.dataDirectory(),
                    s.binaries(),
                    s.configDirectory(),
                    s.stateDirectory(),
                    s.pgpass(),
                    s.roles(),
                    s.initdbOptions(),
                    s.basebackupOptions(),
                    all,
                    s.hba(),
                    s.ident(),
                    bootstrap,
                    s.output());
        };
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    Upstream upstream() {
        return new Upstream("127.0.0.1", settings.listen().port());
    }

    /// Runs a long command to its end.
    Operation run(PostgresCommand command) throws InterruptedException {
        begin(command);
        return ended();
    }

    void begin(PostgresCommand command) {
        assertThat(control.begin(command)).isEqualTo(new Begun.Accepted());
    }

    Operation ended() throws InterruptedException {
        return await(p -> !(p.operation() instanceof Operation.Running)).operation();
    }

    void succeed(PostgresCommand command) throws InterruptedException {
        assertThat(run(command)).isInstanceOf(Operation.Succeeded.class);
    }

    String fail(PostgresCommand command) throws InterruptedException {
        Operation operation = run(command);
        assertThat(operation).isInstanceOf(Operation.Failed.class);
        return ((Operation.Failed) operation).reason();
    }

    LocalPostgres await(Predicate<LocalPostgres> condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        LocalPostgres seen = control.observe();
        while (!condition.test(seen)) {
            assertThat(System.nanoTime() - end).as("still waiting, at %s", seen).isNegative();
            TimeUnit.MILLISECONDS.sleep(2);
            seen = control.observe();
        }
        return seen;
    }

    ServerStatus awaitStatus(Predicate<ServerStatus> condition) throws InterruptedException {
        LocalPostgres seen =
                await(
                        p -> {
                            ServerStatus status = p.status();
                            return status != null && condition.test(status);
                        });
        return Objects.requireNonNull(seen.status());
    }

    /// A new cluster with this node as its primary.
    void bootstrap() throws Exception {
        if (settings.bootstrap().equals(Bootstrap.NOTHING)) {
            InitdbTemplate.copyInto(settings);
        } else {
            succeed(new PostgresCommand.Initdb());
        }
        succeed(new PostgresCommand.StartAsPrimary());
        succeed(new PostgresCommand.Provision());
    }

    /// A standby of that primary, streaming.
    void join(TestNode primary) throws InterruptedException {
        succeed(new PostgresCommand.Clone(primary.name, primary.upstream()));
        succeed(new PostgresCommand.StartAsStandby(primary.upstream()));
        awaitStatus(ServerStatus::streaming);
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + settings.listen().port() + "/postgres",
                "postgres",
                "super secret");
    }

    String query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet rows = statement.getResultSet()) {
                return rows.next() ? String.valueOf(rows.getString(1)) : "";
            }
        }
    }

    /// For what a reload brings about: no event tells of it.
    void awaitAnswer(String sql, String expected) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String answer = query(sql);
        while (!answer.equals(expected) && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
            answer = query(sql);
        }
        assertThat(answer).isEqualTo(expected);
    }

    String file(String path) throws IOException {
        return Files.readString(settings.dataDirectory().resolve(path));
    }

    @Override
    public void close() {
        if (isOpen) {
            control.begin(new PostgresCommand.Stop(StopMode.IMMEDIATE));
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!control.observe().isDown() && System.nanoTime() - end < 0) {
                LockSupport.parkNanos(2_000_000);
            }
            control.close();
        }
    }
}
