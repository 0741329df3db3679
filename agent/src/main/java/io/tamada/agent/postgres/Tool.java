package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One run of a program, in a session of its own, its output in a file: several PostgreSQL tools
/// have children of their own, and all must end when we say so.
final class Tool {

    private static final int TAIL_BYTES = 4096;
    private static final int LAST_LINES = 6;

    private final Process process;
    private final Path output;

    private Tool(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /// @param exitCode of the program; 128 + signal when a signal ended it.
    /// @param lastLines of its output, for people.
    record Result(int exitCode, String lastLines) {
        boolean succeeded() {
            return exitCode == 0;
        }
    }

    static Tool start(
            List<String> command, Map<String, String> environment, Path directory, Path output)
            throws IOException {
        return launch(command, environment, directory.toFile(), output);
    }

    /// A user's program: like Patroni's it starts where the agent was started, so that a relative
    /// path in the configuration means the same here.
    static Tool ofUser(List<String> command, Map<String, String> environment, Path output)
            throws IOException {
        return launch(command, environment, null, output);
    }

    private static Tool launch(
            List<String> command,
            Map<String, String> environment,
            @Nullable File directory,
            Path output)
            throws IOException {
        List<String> inSession = new ArrayList<>(command.size() + 1);
        inSession.add("setsid");
        inSession.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(inSession);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.directory(directory);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectErrorStream(true);
        builder.redirectOutput(output.toFile());
        return new Tool(builder.start(), output);
    }

    /// Waits for the end.
    ///
    /// @return whether it has ended.
    boolean await(Duration timeout) throws InterruptedException {
        return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    Result result() throws IOException {
        return new Result(process.exitValue(), lastLines(output));
    }

    /// Ends the program and its children at once.
    void kill() {
        if (process.isAlive()) {
            PosixKill.signalGroup(process.pid(), PosixKill.SIGKILL);
            // In the first instants it has no session of its own yet.
            PosixKill.signal(process.pid(), PosixKill.SIGKILL);
        }
    }

    /// Of the program, which leads the session that its children share.
    long pid() {
        return process.pid();
    }

    long printedBytes() throws IOException {
        return java.nio.file.Files.size(output);
    }

    /// The whole output, for small ones.
    String outputText() throws IOException {
        String text = DurableFiles.readOrNull(output);
        return text == null ? "" : text;
    }

    /// What it has printed last, where progress lines overwrite each other.
    String progress() throws IOException {
        String[] parts = tail(output, 0).strip().split("[\r\n]+", -1);
        return parts[parts.length - 1].strip();
    }

    static String lastLines(Path file) throws IOException {
        return lastLines(file, 0);
    }

    /// @param from how many bytes of the file are another run's.
    static String lastLines(Path file, long from) throws IOException {
        String[] lines = tail(file, from).replace('\r', '\n').strip().split("\n+", -1);
        StringBuilder text = new StringBuilder();
        for (int i = Math.max(0, lines.length - LAST_LINES); i < lines.length; i++) {
            if (!text.isEmpty()) {
                text.append(" | ");
            }
            text.append(lines[i].strip());
        }
        return text.isEmpty() ? "(it printed nothing)" : text.toString();
    }

    /// @param from how many bytes of the file are another run's.
    static List<String> lines(Path file, long from) throws IOException {
        return List.of(tail(file, from).replace('\r', '\n').strip().split("\n+", -1));
    }

    private static String tail(Path file, long start) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long length = in.length();
            long from = Math.max(Math.min(start, length), length - TAIL_BYTES);
            in.seek(from);
            byte[] bytes = new byte[(int) (length - from)];
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
