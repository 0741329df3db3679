package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Processes that look like an instance: a shell and a sleep, both called `postgres`.
@Timeout(60)
class ProcessSightTest {

    @TempDir Path root;

    private Path data = Path.of("");
    private Path shell = Path.of("");
    private Path sleep = Path.of("");

    @BeforeEach
    void makePrograms() throws Exception {
        data = Files.createDirectory(root.resolve("data")).toRealPath();
        shell = copy("/bin/bash", "shell");
        sleep = copy("/bin/sleep", "sleep");
    }

    @AfterEach
    void endAll() {
        boolean _ = new InstanceProcesses(data).killAll();
    }

    private Path copy(String program, String directory) throws Exception {
        Path copy = Files.createDirectory(root.resolve(directory)).resolve("postgres");
        Files.copy(Path.of(program).toRealPath(), copy);
        return copy;
    }

    /// A postmaster with so many backends.
    private Process instance(int backends) throws Exception {
        String command = (sleep + " 300 & ").repeat(backends) + "wait";
        Process process =
                new ProcessBuilder(shell.toString(), "-c", command)
                        .directory(data.toFile())
                        .start();
        await(backends + 1);
        return process;
    }

    private void await(int processes) throws Exception {
        InstanceProcesses seen = new InstanceProcesses(data);
        while (seen.find().size() != processes) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void whatHasALivingPostmasterIsNoOrphan() throws Exception {
        Process postmaster = instance(2);
        InstanceProcesses processes = new InstanceProcesses(data);
        Orphans.end(processes, () -> false);
        assertThat(processes.find()).hasSize(3);
        postmaster.destroyForcibly().waitFor();
        assertThat(processes.find()).hasSize(2);
        Orphans.end(processes, () -> false);
        assertThat(processes.find()).isEmpty();
    }

    @Test
    void withoutADescriptorNothingIsTakenForDeadAndNothingIsForgotten() throws Exception {
        Process former = instance(1);
        former.destroyForcibly().waitFor();
        List<Long> orphans = new InstanceProcesses(data).find();
        assertThat(orphans).hasSize(1);
        String command = sleep + " 301 & wait";
        Process postmaster =
                new ProcessBuilder(shell.toString(), "-c", command)
                        .directory(data.toFile())
                        .start();
        await(3);
        Process probe =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "ulimit -n 100 && exec \"$@\"",
                                "sh",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                NoDescriptorsProbe.class.getName(),
                                data.toString(),
                                Long.toString(postmaster.pid()),
                                Long.toString(orphans.getFirst()))
                        .redirectErrorStream(true)
                        .start();
        String output = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output)
                .contains(
                        "alive true, gone true, running true, ended false, orphan alive true;"
                                + " orphan alive false, postmaster alive true, ended true");
    }
}
