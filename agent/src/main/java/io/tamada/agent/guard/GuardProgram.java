package io.tamada.agent.guard;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The guard's executable, and how it is started.
///
/// @param file the executable; null where this installation has none.
public record GuardProgram(@Nullable Path file) {

    static final String NAME = "tamada-guard";

    private static final Duration START_WITHIN = Duration.ofSeconds(5);
    private static final int LISTENS = 0;
    private static final int ANOTHER_LISTENS = 3;

    /// In the distribution it lies beside the directory of the jars.
    public static GuardProgram ofThisInstallation() {
        CodeSource source = GuardProgram.class.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return new GuardProgram(null);
        }
        try {
            Path code = Path.of(source.getLocation().toURI());
            Path parent = code.getParent();
            Path above = parent == null ? null : parent.getParent();
            // Classes in a build directory have it in the stage beside them.
            Path base = Files.isDirectory(code) && parent != null ? parent.resolve("stage") : above;
            Path program = base == null ? null : base.resolve("libexec").resolve(NAME);
            return new GuardProgram(
                    program != null && Files.isExecutable(program) ? program : null);
        } catch (URISyntaxException unusual) {
            return new GuardProgram(null);
        }
    }

    /// Starts a guard, which goes on in a session of its own.
    ///
    /// @return null once one listens, this one or another; otherwise why none does.
    @Nullable String start(Path directory, String dataDirectory) throws InterruptedException {
        if (file == null) {
            return "this installation has no program " + NAME;
        }
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(file.toString(), directory.toString(), dataDirectory);
            builder.environment().clear();
            builder.directory(Path.of("/").toFile());
            builder.redirectErrorStream(true);
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(START_WITHIN.toNanos(), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly();
                return "it did not start within " + START_WITHIN.toSeconds() + " s";
            }
            int code = process.exitValue();
            if (code == LISTENS || code == ANOTHER_LISTENS) {
                return null;
            }
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return "it does not start: " + (said.isBlank() ? "exit code " + code : said.strip());
        } catch (IOException failure) {
            return "it does not start: " + failure.getMessage();
        }
    }
}
