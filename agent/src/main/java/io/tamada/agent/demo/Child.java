package io.tamada.agent.demo;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process of the demo: in a session of its own, so that Ctrl-C reaches the demo alone, its
/// output in a file, so that it never waits for us to read.
final class Child {

    private static final int LAST_LINES = 20;
    private static final int LAST_BYTES = 16 * 1024;

    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /// @param workDirectory where it works, by which [KillScript] knows it
    static Child start(
            String name, Account account, Path workDirectory, Path log, List<String> command)
            throws DemoFailure {
        var line = new ArrayList<String>();
        line.add("setsid");
        line.addAll(account.prefix());
        line.addAll(command);
        try {
            var builder =
                    new ProcessBuilder(line)
                            .directory(workDirectory.toFile())
                            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                            .redirectOutput(Redirect.appendTo(log.toFile()))
                            .redirectErrorStream(true);
            // What the user has set for clusters of their own would override the demo's files.
            builder.environment().keySet().removeIf(Child::belongsToOtherClusters);
            return new Child(name, builder.start(), log);
        } catch (IOException missing) {
            throw new DemoFailure("cannot start " + name + ": " + missing.getMessage(), missing);
        }
    }

    private static boolean belongsToOtherClusters(String variable) {
        return variable.startsWith("PATRONI_")
                || variable.startsWith("ETCD_")
                || variable.startsWith("PG");
    }

    boolean isRunning() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /// Asks it to end. SIGTERM, which agents take as "stop PostgreSQL first".
    void terminate() {
        process.destroy();
    }

    /// Whether it has ended; it is killed once the time is up.
    boolean endedWithin(Duration patience) {
        try {
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
            process.destroyForcibly();
            process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        return false;
    }

    DemoFailure failure() {
        return new DemoFailure(
                "%s ended with exit code %d; its last words:%n%s%nThe whole log: %s"
                        .formatted(name, exitCode(), lastWords(), log));
    }

    String lastWords() {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            long from = Math.max(0, file.length() - LAST_BYTES);
            byte[] bytes = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(bytes);
            List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return "  "
                    + String.join(
                            "\n  ",
                            lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException unreadable) {
            return "  (none: " + unreadable.getMessage() + ")";
        }
    }

    Path log() {
        return log;
    }
}
