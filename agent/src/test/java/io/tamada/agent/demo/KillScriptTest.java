package io.tamada.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KillScriptTest {

    private static final int KILLED = 128 + 9;

    @TempDir private Path directory = Path.of("/nonexistent");

    @Test
    void everythingThatWorksInTheNodesDirectoryEndsAndNothingElse() throws Exception {
        Path data = Files.createDirectories(directory.resolve("node1/data"));
        Files.createDirectories(directory.resolve("node10"));
        for (String node : List.of("node1", "node10")) {
            Files.createFile(directory.resolve(node + ".yml"));
        }
        Files.writeString(directory.resolve("leader"), "node1\n");
        Path script =
                Files.writeString(directory.resolve("kill"), new KillScript(directory).render());
        Process agent = sleeping(directory.resolve("node1"));
        Process postgres = sleeping(data);
        Process other = sleeping(directory.resolve("node10"));
        Process onlooker = shell(data);
        try {
            assertThat(run(script, "leader")).isZero();

            assertThat(agent.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(agent.exitValue()).isEqualTo(KILLED);
            assertThat(postgres.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(other.isAlive()).as("another node").isTrue();
            assertThat(onlooker.isAlive()).as("somebody's shell").isTrue();
            assertThat(run(script, "leader")).as("once more, nothing to do").isZero();
            assertThat(run(script, "node7")).as("no such node").isEqualTo(2);
            assertThat(run(script)).as("no argument").isNotZero();
        } finally {
            for (Process process : List.of(agent, postgres, other, onlooker)) {
                process.destroyForcibly();
            }
        }
    }

    private static Process sleeping(Path where) throws IOException {
        return new ProcessBuilder("setsid", "sleep", "60").directory(where.toFile()).start();
    }

    /// Waits for its input, as one at a prompt does.
    private static Process shell(Path where) throws IOException {
        return new ProcessBuilder("sh", "-c", "read line").directory(where.toFile()).start();
    }

    private static int run(Path script, String... arguments)
            throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(List.of("sh", script.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        return process.exitValue();
    }
}
