package io.tamada.chaos.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A PostgreSQL that no agent has made, in the place of a node's.
final class Standalone {

    private static final Path BIN = Path.of("/usr/lib/postgresql/15/bin");
    private static final Duration ONE_COMMAND = Duration.ofSeconds(60);

    private Standalone() {}

    /// initdb, started on the node's port, with the roles that a cluster needs and one row in a
    /// table `kept`.
    static void createAndStart(TestNode node) throws Exception {
        Path data = node.dataDirectory();
        run(node, "initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-D", data.toString());
        start(node);
        Sql.execute(
                node.postgresPort(),
                """
                ALTER ROLE postgres PASSWORD '%s';
                CREATE ROLE replicator LOGIN REPLICATION PASSWORD '%s';
                CREATE ROLE rewinder LOGIN PASSWORD '%s';
                CREATE TABLE kept AS SELECT 42 AS a\
                """
                        .formatted(Sql.PASSWORD, Sql.REPLICATION_PASSWORD, Sql.REWIND_PASSWORD));
    }

    static void start(TestNode node) {
        run(
                node,
                "pg_ctl",
                "-w",
                "-D",
                node.dataDirectory().toString(),
                "-l",
                node.directory().resolve("standalone.log").toString(),
                "-o",
                "-p %d -c unix_socket_directories=%s -c listen_addresses=127.0.0.1"
                        .formatted(node.postgresPort(), node.directory()),
                "start");
    }

    static void stop(TestNode node) {
        run(node, "pg_ctl", "-w", "-m", "fast", "-D", node.dataDirectory().toString(), "stop");
    }

    /// A base backup with `standby.signal`, as `pg_basebackup -R` leaves it.
    static void copyAsStandby(TestNode from, TestNode to) {
        run(
                to,
                "pg_basebackup",
                "-R",
                "-c",
                "fast",
                "-D",
                to.dataDirectory().toString(),
                "-d",
                "host=127.0.0.1 port=%d user=postgres".formatted(from.postgresPort()));
    }

    static void run(TestNode node, String program, String... arguments) {
        List<String> line = new java.util.ArrayList<>(List.of(BIN.resolve(program).toString()));
        line.addAll(List.of(arguments));
        Launched.run(Launched.As.POSTGRES, node.directory(), ONE_COMMAND, line);
    }
}
