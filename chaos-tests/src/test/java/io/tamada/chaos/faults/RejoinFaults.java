package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Await;
import io.tamada.chaos.cluster.Launched;
import io.tamada.chaos.cluster.Processes;
import io.tamada.chaos.cluster.Signals;
import io.tamada.chaos.cluster.Sql;
import io.tamada.chaos.cluster.TestNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Nodes that cannot come back the easy way.
final class RejoinFaults {

    private static final Duration ONE_COMMAND = Duration.ofSeconds(20);
    private static final Duration APART = Duration.ofMillis(300);
    private static final int SEGMENTS = 4;

    private RejoinFaults() {}

    /// The primary dies with WAL of its own and without the WAL in which `pg_rewind` would look
    /// for the last common checkpoint; what its crash recovery needs is there.
    static Fault notRewindable() {
        return scene -> {
            TestNode old = scene.primary();
            scene.begins();
            holdReplicationUp(old);
            for (int segment = 0; segment < SEGMENTS; segment++) {
                fillSegment(old);
                Sql.execute(old.postgresPort(), "CHECKPOINT");
            }
            old.killHard();
            scene.lastUntilSomebodyTookOver();
            removeWalBefore(old, redoFile(old));
            var _ = old.start();
        };
    }

    /// The primary dies with WAL of its own, and knows a wrong password for `pg_rewind`.
    static Fault wrongRewindPassword() {
        return scene -> {
            TestNode old = scene.primary();
            scene.begins();
            holdReplicationUp(old);
            Await.pause(APART);
            old.killHard();
            scene.lastUntilSomebodyTookOver();
            old.editConfig(text -> text.replace("rewind-secret", "wrong-secret"));
            var _ = old.start();
            try {
                var _ =
                        scene.cluster()
                                .awaitOnePrimaryAndStreaming(
                                        scene.cluster().nodes().size(), Duration.ofSeconds(60));
            } finally {
                old.editConfig(text -> text.replace("wrong-secret", "rewind-secret"));
            }
        };
    }

    /// A standby is away until no WAL is left for it.
    static Fault standbysWalGone() {
        return scene -> {
            TestNode primary = scene.primary();
            TestNode standby = scene.cluster().others(primary).getFirst();
            scene.begins();
            standby.killHard();
            for (int segment = 0; segment < 2 * SEGMENTS; segment++) {
                fillSegment(primary);
            }
            Sql.execute(primary.postgresPort(), "CHECKPOINT");
            var _ = standby.start();
        };
    }

    private static void holdReplicationUp(TestNode primary) {
        for (long pid : Processes.ofInstance(primary.dataDirectory())) {
            if (Processes.title(pid).contains("walsender")) {
                Signals.STOP.to(pid);
            }
        }
    }

    private static void fillSegment(TestNode primary) throws SQLException {
        Sql.execute(
                primary.postgresPort(),
                "SELECT pg_logical_emit_message(false, 'fill', 'x'); SELECT pg_switch_wal()");
    }

    private static String redoFile(TestNode node) {
        String control =
                Launched.run(
                        Launched.As.POSTGRES,
                        node.directory(),
                        ONE_COMMAND,
                        List.of(
                                "/usr/lib/postgresql/15/bin/pg_controldata",
                                node.dataDirectory().toString()));
        for (String line : control.lines().toList()) {
            if (line.startsWith("Latest checkpoint's REDO WAL file:")) {
                return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        throw new AssertionError("no REDO WAL file: " + control);
    }

    private static void removeWalBefore(TestNode node, String file) throws IOException {
        int removed = 0;
        Path wal = node.dataDirectory().resolve("pg_wal");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(wal, "0*")) {
            for (Path each : all) {
                if (each.getFileName().toString().compareTo(file) < 0
                        && Files.isRegularFile(each)) {
                    Files.delete(each);
                    removed++;
                }
            }
        }
        if (removed == 0) {
            throw new AssertionError("nothing in " + wal + " is older than " + file);
        }
    }
}
