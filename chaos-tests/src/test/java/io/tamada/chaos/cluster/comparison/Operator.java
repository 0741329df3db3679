package io.tamada.chaos.cluster.comparison;

import io.tamada.chaos.cluster.AgentProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// The program that an operator types commands to.
///
/// @param line how it is called, before its options.
record Operator(String name, List<String> line) {

    private static final int WITHIN_SECONDS = 60;

    /// Python says that what is typed here may be seen.
    private static final Pattern NO_TERMINAL =
            Pattern.compile("Warning: Password input may be echoed\\.\n \n?");

    Operator {
        line = List.copyOf(line);
    }

    /// @param output both streams, in the order of writing.
    record Outcome(int exitCode, String output) {}

    /// The one that is installed, or that `-Dtamada.patronictl=` names.
    static Operator patronictl() {
        return new Operator(
                "patronictl",
                List.of(System.getProperty("tamada.patronictl", "/usr/bin/patronictl")));
    }

    static Operator tamada() {
        return new Operator("tamada", List.of(AgentProgram.launcher().toString()));
    }

    Outcome run(Path directory, Path config, List<String> words, String input) {
        List<String> full =
                new ArrayList<>(List.of("setsid", "--wait", "timeout", WITHIN_SECONDS + "s"));
        full.addAll(line);
        full.addAll(List.of("-c", config.toString()));
        full.addAll(words);
        try {
            Path typed = Files.writeString(directory.resolve("typed"), input);
            Path out = directory.resolve("said");
            ProcessBuilder builder = new ProcessBuilder(full);
            builder.directory(directory.toFile());
            builder.environment().keySet().removeIf(key -> key.startsWith("PATRONI"));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("COLUMNS", "200");
            builder.environment().put("TZ", "UTC");
            builder.environment().put("PYTHONWARNINGS", "ignore");
            builder.redirectInput(typed.toFile());
            builder.redirectErrorStream(true);
            builder.redirectOutput(out.toFile());
            Process process = builder.start();
            if (!process.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError(
                        "%s %s has not ended within %d s: %s"
                                .formatted(name, words, WITHIN_SECONDS, Files.readString(out)));
            }
            String said = new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
            return new Outcome(process.exitValue(), NO_TERMINAL.matcher(said).replaceAll(" "));
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", full), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
