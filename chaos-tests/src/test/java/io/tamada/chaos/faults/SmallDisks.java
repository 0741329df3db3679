package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Launched;
import io.tamada.chaos.cluster.Sql;
import io.tamada.chaos.cluster.TestCluster;
import io.tamada.chaos.cluster.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A small file system of its own for every node's data, on a loop device.
final class SmallDisks implements AutoCloseable {

    private static final Duration ONE_COMMAND = Duration.ofSeconds(30);
    private static final String SIZE = "768M";

    /// Segments of WAL that a primary may have in reserve when its disk is full.
    private static final int MOST_SEGMENTS = 64;

    private final List<Path> mounted = new ArrayList<>();

    private SmallDisks() {}

    /// For a cluster that was never started.
    static SmallDisks under(TestCluster cluster) {
        SmallDisks disks = new SmallDisks();
        for (TestNode node : cluster.nodes()) {
            Path place = disk(node);
            Path image = node.directory().resolve("disk.image");
            try {
                Files.createDirectories(place);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            run(node, "truncate", "-s", SIZE, image.toString());
            run(node, "mkfs.ext4", "-q", "-m", "0", image.toString());
            run(node, "mount", "-o", "loop", image.toString(), place.toString());
            disks.mounted.add(place);
            run(node, "chown", "postgres", place.toString());
            node.placeDataIn(place.resolve("data"));
        }
        return disks;
    }

    private static Path disk(TestNode node) {
        return node.directory().resolve("disk");
    }

    /// Not a byte is left on the primary's; emptied again once somebody else has taken over.
    static Fault full() {
        return full(true);
    }

    /// As [#full], but the server lives on: it has segments of WAL in reserve.
    static Fault fullButForWal() {
        return full(false);
    }

    private static Fault full(boolean walToo) {
        return scene -> {
            TestNode primary = scene.primary();
            Path filler = disk(primary).resolve("filler");
            scene.begins();
            try {
                run(
                        primary,
                        "sh",
                        "-c",
                        "cat /dev/zero >'%s' 2>/dev/null; test -s '%s'".formatted(filler, filler));
                if (walToo) {
                    useUpReserve(primary);
                }
                scene.lastUntilSomebodyTookOver();
            } finally {
                run(primary, "rm", "-f", filler.toString());
            }
        };
    }

    /// Every write to the primary's waits until somebody else has taken over. Its processes cannot
    /// be ended meanwhile.
    static Fault hanging() {
        return scene -> {
            TestNode primary = scene.primary();
            String place = disk(primary).toString();
            scene.begins();
            try {
                run(primary, "fsfreeze", "--freeze", place);
                scene.lastUntilSomebodyTookOver();
                scene.last(1);
            } finally {
                run(primary, "fsfreeze", "--unfreeze", place);
            }
        };
    }

    /// The server writes into segments it has until it needs another.
    private static void useUpReserve(TestNode primary) {
        try {
            for (int segment = 0; segment < MOST_SEGMENTS; segment++) {
                Sql.execute(
                        primary.postgresPort(),
                        "SELECT pg_logical_emit_message(false, 'fill', 'x');"
                                + " SELECT pg_switch_wal()");
            }
        } catch (SQLException _) {
            // No space left, which is what was to be reached.
        }
    }

    private static void run(TestNode node, String... line) {
        var _ = Launched.run(Launched.As.CALLER, node.directory(), ONE_COMMAND, List.of(line));
    }

    /// After the cluster's processes have ended, and before its files are removed.
    @Override
    public void close() {
        for (Path place : mounted) {
            var _ =
                    Launched.run(
                            Launched.As.CALLER,
                            Path.of("/"),
                            ONE_COMMAND,
                            List.of("umount", "--lazy", place.toString()));
        }
        mounted.clear();
    }
}
