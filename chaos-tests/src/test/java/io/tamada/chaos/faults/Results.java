package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Launched;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/// The file to which every repeat appends a line.
final class Results {

    /// Another one: `-Dtamada.faults.results=FILE`.
    static final Path FILE =
            Path.of(System.getProperty("tamada.faults.results", "target/faults/results.csv"))
                    .toAbsolutePath();

    private static final Duration ONE_COMMAND = Duration.ofSeconds(10);

    private Results() {}

    static void append(Result result) {
        try {
            Files.createDirectories(FILE.getParent());
            if (Files.notExists(FILE)) {
                Files.writeString(FILE, Result.HEADER + "\n");
            }
            Files.writeString(FILE, result.line() + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Result> read(Path file) {
        try {
            return Files.readAllLines(file).stream().skip(1).map(Result::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The commit of this checkout, with a plus where files differ from it.
    static String build() {
        try {
            return Launched.run(
                            Launched.As.CALLER,
                            Path.of("").toAbsolutePath(),
                            ONE_COMMAND,
                            List.of(
                                    "git",
                                    "-c",
                                    "safe.directory=*",
                                    "describe",
                                    "--always",
                                    "--dirty=+",
                                    "--abbrev=10"))
                    .strip();
        } catch (AssertionError _) {
            return "unknown";
        }
    }
}
