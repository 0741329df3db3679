package io.tamada.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Starting and ending a demo whose agents are shell scripts; etcd and HAProxy are real.
@Timeout(60)
final class DemoRunTest {

    private static final Pattern DIRECTORY = Pattern.compile(" in (/\\S*tamada-demo-\\d+)");

    @TempDir private Path scripts = Path.of("/nonexistent");

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private Path left = Path.of("/nonexistent");

    @AfterEach
    void removeWhatAFailureLeaves() throws Exception {
        if (Files.exists(left)) {
            try (var files = Files.walk(left)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void anAgentThatGivesUpEndsTheDemoWithItsLastWords() throws Exception {
        int exitCode = run("echo the data directory is on fire >&2; exit 3");

        assertThat(exitCode).isEqualTo(1);
        assertThat(text())
                .contains(
                        "node1 ended with exit code 3; its last words:",
                        "the data directory is on fire",
                        "The whole log: " + left.resolve("log/node1.log"));
        assertThat(left.resolve("log/node1.log")).exists();
        assertThat(left.resolve("node1.yml")).as("passwords do not stay").doesNotExist();
        assertNobodyIsLeft();
    }

    @Test
    void stoppedWhileItStartsItLeavesNothing() throws Exception {
        DemoRun run = prepare("exec sleep 50");
        var exitCode = new java.util.concurrent.atomic.AtomicInteger(-1);
        Thread story = Thread.ofPlatform().start(() -> exitCode.set(run.run()));
        while (!text().contains("node1")) {
            Thread.sleep(20);
        }

        run.stop();

        assertThat(story.join(Duration.ofSeconds(5))).isTrue();
        findDirectory();
        assertThat(exitCode).hasValue(0);
        assertThat(left).doesNotExist();
        assertNobodyIsLeft();
    }

    private int run(String agent) throws Exception {
        int exitCode = prepare(agent).run();
        findDirectory();
        return exitCode;
    }

    private DemoRun prepare(String agent) throws Exception {
        Path script = Files.writeString(scripts.resolve("agent.sh"), agent + "\n");
        var settings =
                new DemoSettings(
                        1,
                        DemoSettings.Disk.REMOVED,
                        Duration.ofSeconds(5),
                        null,
                        Duration.ofSeconds(5),
                        List.of("sh", script.toString()),
                        DemoSettings.AgentAccount.AS_STARTED,
                        Binaries.postgres());
        var screen = new Screen.Plain(new PrintStream(written, true, StandardCharsets.UTF_8));
        return DemoRun.prepare(settings, screen, Keyboard.none());
    }

    private void findDirectory() {
        Matcher directory = DIRECTORY.matcher(text());
        assertThat(directory.find()).as(text()).isTrue();
        left = Path.of(directory.group(1));
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    private void assertNobodyIsLeft() {
        List<String> remaining =
                ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(line -> line.contains(left.toString()))
                        .toList();
        assertThat(remaining).isEmpty();
    }
}
