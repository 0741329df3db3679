package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of a user's script, in a session of its own, where the agent was started; what it
/// prints goes to the log.
final class ScriptRun {

    private static final Logger LOG = LoggerFactory.getLogger(ScriptRun.class);

    /// More than that a script may print, but not into our log.
    static final int LOGGED_LINES = 200;

    static final int LOGGED_CHARACTERS = 1000;

    private static final Duration ROUND = Duration.ofMillis(20);

    private final String name;
    private final Process process;

    private ScriptRun(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    static ScriptRun start(String name, List<String> command, Map<String, String> environment)
            throws IOException {
        List<String> inSession = new ArrayList<>();
        inSession.add("setsid");
        inSession.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(inSession);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectErrorStream(true);
        ScriptRun run = new ScriptRun(name, builder.start());
        Thread.ofPlatform().name("output-of-" + name).daemon().start(run::log);
        return run;
    }

    /// Reads in small pieces: a line without an end must not fill the memory.
    private void log() {
        int lines = 0;
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            StringBuilder line = new StringBuilder();
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                if (c != '\n' && line.length() < LOGGED_CHARACTERS) {
                    line.append((char) c);
                } else if (c == '\n') {
                    lines = say(lines, line);
                }
            }
            if (!line.isEmpty()) {
                say(lines, line);
            }
        } catch (IOException ended) {
            LOG.debug("The output of {} has ended: {}", name, ended.getMessage());
        }
    }

    private int say(int lines, StringBuilder line) {
        if (lines < LOGGED_LINES) {
            LOG.info("{}: {}", name, line);
        } else if (lines == LOGGED_LINES) {
            LOG.info("{}: prints more, which is left out", name);
        }
        line.setLength(0);
        return lines + 1;
    }

    /// @return whether it has ended.
    boolean await(Duration timeout) throws InterruptedException {
        return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Waits for its end, and ends it with its children when it takes too long or is not wanted any
    /// more.
    ///
    /// @return whether it has ended by itself.
    boolean endsWithin(Duration limit, BooleanSupplier unwanted) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!await(ROUND)) {
            if (unwanted.getAsBoolean() || System.nanoTime() - end > 0) {
                kill();
                return false;
            }
        }
        return true;
    }

    int exitCode() {
        return process.exitValue();
    }

    /// Ends it and its children at once.
    void kill() {
        if (process.isAlive()) {
            PosixKill.signalGroup(process.pid(), PosixKill.SIGKILL);
            PosixKill.signal(process.pid(), PosixKill.SIGKILL);
        }
    }
}
