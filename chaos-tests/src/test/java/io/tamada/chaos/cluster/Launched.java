package io.tamada.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process in a session of its own, its output appended to a file.
public final class Launched {

    /// Who it starts as. PostgreSQL and etcd get no root rights.
    public enum As {
        CALLER,
        POSTGRES
    }

    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private final Process process;
    private final Path log;

    private Launched(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    public static Launched start(
            As user, Path directory, Path log, Map<String, String> environment, List<String> line) {
        // Under nohup the tests' own SIGHUP is ignored, and so would every child's be.
        List<String> full = new ArrayList<>(List.of("env", "--default-signal=HUP,INT", "setsid"));
        full.addAll(as(user, line));
        ProcessBuilder builder = new ProcessBuilder(full);
        builder.directory(directory.toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("PATRONI_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("ETCDCTL_API", "3");
        builder.environment().putAll(environment);
        builder.redirectInput(Path.of("/dev/null").toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            return new Launched(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", line), e);
        }
    }

    /// Runs a short command to its end.
    ///
    /// @return its output, both streams.
    /// @throws AssertionError when it fails or takes longer than `within`.
    public static String run(As user, Path directory, Duration within, List<String> line) {
        try {
            Path out = Files.createTempFile("tamada-run", ".out");
            try {
                Launched command = start(user, directory, out, Map.of(), line);
                int code = command.exitWithin(within);
                String text = Files.readString(out);
                if (code != 0) {
                    throw new AssertionError(
                            String.join(" ", line) + " ended with " + code + ": " + text);
                }
                return text;
            } finally {
                Files.delete(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> as(As user, List<String> line) {
        if (user == As.CALLER || !ROOT) {
            return line;
        }
        List<String> full =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--reuid=postgres",
                                "--regid=postgres",
                                "--init-groups"));
        full.addAll(line);
        return full;
    }

    static List<String> line(List<String> program, String argument) {
        List<String> full = new ArrayList<>(program);
        full.add(argument);
        return full;
    }

    /// Gives a file or directory, not what is in it, to the user that PostgreSQL runs as.
    static void giveToPostgres(Path path) {
        if (!ROOT) {
            return;
        }
        try {
            var users = path.getFileSystem().getUserPrincipalLookupService();
            Files.setOwner(path, users.lookupPrincipalByName("postgres"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public void signal(Signals signal) {
        if (process.isAlive()) {
            signal.to(process.pid());
        }
    }

    /// @return the exit code; a signal's number plus 128 when one ended it.
    public int exitWithin(Duration within) {
        try {
            if (process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        throw new AssertionError(
                "process %d did not end within %.1f s; its last lines:%n%s"
                        .formatted(pid(), within.toMillis() / 1000.0, tail(20)));
    }

    /// SIGKILL, also for one that is stopped, and its end awaited.
    public void kill() {
        signal(Signals.KILL);
        exitWithin(Duration.ofSeconds(10));
    }

    /// Everything it has said, and those before it that wrote to the same file.
    public String output() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path log() {
        return log;
    }

    public String tail(int lines) {
        List<String> all = output().lines().toList();
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }
}
