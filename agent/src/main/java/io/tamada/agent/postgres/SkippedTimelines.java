package io.tamada.agent.postgres;

import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Makes PostgreSQL skip timelines that others have begun. A promotion takes the first number
/// above its own for which it finds no history file (`findNewestTimeLine`), so a file that holds
/// nothing but a comment takes the number away.
///
/// Such files stay: a standby fetches every history file up to its primary's timeline, and so
/// does one that lives on the archive. Only as the newest of all they would be mistaken for a
/// timeline to recover to, and keep the server from starting; after a promotion that failed they
/// are removed. Looked up and tried on PostgreSQL 15.
final class SkippedTimelines {

    static final String CONTENT = "# This timeline was begun elsewhere.\n";

    private static final String SUFFIX = ".history";

    private SkippedTimelines() {}

    /// Takes away the numbers between the two timelines that are not known here.
    static void skip(Path data, Timeline own, Timeline next) throws IOException {
        for (int id = own.id() + 1; id < next.id(); id++) {
            Path file = wal(data).resolve(name(id));
            if (!Files.exists(file)) {
                DurableFiles.replace(file, CONTENT);
                Path archiveStatus = wal(data).resolve("archive_status");
                if (Files.isDirectory(archiveStatus)) {
                    DurableFiles.replace(archiveStatus.resolve(name(id) + ".ready"), "");
                }
            }
        }
    }

    /// Gives back the numbers above the newest real history.
    static void forgetUnused(Path data) throws IOException {
        if (!Files.isDirectory(wal(data))) {
            return;
        }
        List<Path> histories = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(wal(data), "*" + SUFFIX)) {
            found.forEach(histories::add);
        }
        histories.sort(null);
        for (Path file : histories.reversed()) {
            if (!CONTENT.equals(DurableFiles.readOrNull(file))) {
                return;
            }
            DurableFiles.remove(
                    wal(data).resolve("archive_status").resolve(file.getFileName() + ".ready"));
            DurableFiles.remove(file);
        }
    }

    private static String name(int timeline) {
        return String.format("%08X", timeline) + SUFFIX;
    }

    private static Path wal(Path data) {
        return data.resolve("pg_wal");
    }
}
