package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Ends tools that an agent which died has left at work on our data directory: two base backups
/// into one directory would spoil each other.
final class LeftoverTools {

    private static final List<String> TOOLS = List.of("pg_basebackup", "pg_rewind", "initdb");

    private LeftoverTools() {}

    static void end(PostgresSettings settings) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                if (worksOn(entry, settings.dataDirectory())) {
                    PosixKill.Sent _ =
                            PosixKill.signal(
                                    Long.parseLong(entry.getFileName().toString()),
                                    PosixKill.SIGKILL);
                }
            }
        }
    }

    private static boolean worksOn(Path process, Path dataDirectory) {
        try {
            Path name = Files.readSymbolicLink(process.resolve("exe")).getFileName();
            if (name == null || !TOOLS.contains(name.toString())) {
                return false;
            }
            String arguments =
                    Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            String wanted =
                    new String(
                            dataDirectory.toString().getBytes(StandardCharsets.UTF_8),
                            StandardCharsets.ISO_8859_1);
            for (String argument : arguments.split("\0", -1)) {
                if (argument.endsWith("=" + wanted) || argument.equals(wanted)) {
                    return true;
                }
            }
            return false;
        } catch (IOException goneOrForeign) {
            return false;
        }
    }
}
