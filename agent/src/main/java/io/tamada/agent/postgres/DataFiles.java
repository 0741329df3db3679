package io.tamada.agent.postgres;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Deletes an instance's files, with what lies behind its links.
final class DataFiles {

    private DataFiles() {}

    /// Empties a data directory, a WAL directory elsewhere, and its own part of tablespaces.
    static void wipe(Path dataDirectory) throws IOException {
        Path wal = dataDirectory.resolve("pg_wal");
        if (Files.isSymbolicLink(wal)) {
            DurableFiles.deleteContents(wal.toRealPath());
        }
        Path tablespaces = dataDirectory.resolve("pg_tblspc");
        String major = DurableFiles.readOrNull(dataDirectory.resolve("PG_VERSION"));
        if (major != null && Files.isDirectory(tablespaces)) {
            try (DirectoryStream<Path> links = Files.newDirectoryStream(tablespaces)) {
                for (Path link : links) {
                    if (Files.isSymbolicLink(link) && Files.isDirectory(link)) {
                        wipeTablespace(link.toRealPath(), major.strip());
                    }
                }
            }
        }
        DurableFiles.deleteContents(dataDirectory);
    }

    /// A tablespace may be shared by instances of several versions; each has its own directory.
    private static void wipeTablespace(Path tablespace, String major) throws IOException {
        try (DirectoryStream<Path> versions =
                Files.newDirectoryStream(tablespace, "PG_" + major + "_*")) {
            for (Path version : versions) {
                DurableFiles.deleteTree(version);
            }
        }
    }
}
