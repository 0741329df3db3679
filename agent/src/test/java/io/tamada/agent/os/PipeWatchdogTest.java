package io.tamada.agent.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipeWatchdogTest {

    @TempDir private Path directory;

    @Test
    void aReaderOfThePipeSeesTheTimeoutTheSignsOfLifeAndTheEnd() throws Exception {
        Path path = directory.resolve("watchdog");
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
        CompletableFuture<String> seen =
                CompletableFuture.supplyAsync(() -> ReadAll.of(path), Thread::startVirtualThread);
        PipeWatchdog watchdog = new PipeWatchdog(path);

        assertThat(watchdog.open()).isNull();
        assertThat(watchdog.setTimeoutSeconds(15)).isEqualTo(15);
        assertThat(watchdog.keepAlive()).isTrue();
        assertThat(watchdog.keepAlive()).isTrue();
        assertThat(watchdog.stop()).isTrue();

        assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("Ctimeout=15\n11V");
        assertThat(watchdog.keepAlive()).isFalse();
    }

    @Test
    void aFileIsNotWrittenOver() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "kept");
        PipeWatchdog watchdog = new PipeWatchdog(file);
        assertThat(watchdog.open()).isEqualTo(file + " is no named pipe");
        assertThat(watchdog.keepAlive()).isFalse();
        assertThat(Files.readString(file)).isEqualTo("kept");
        assertThat(new PipeWatchdog(directory.resolve("absent")).open())
                .endsWith("absent does not exist");
    }

    private static final class ReadAll {

        private static String of(Path path) {
            try {
                return Files.readString(path);
            } catch (java.io.IOException failure) {
                throw new java.io.UncheckedIOException(failure);
            }
        }
    }
}
