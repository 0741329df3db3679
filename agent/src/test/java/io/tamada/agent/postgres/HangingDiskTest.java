package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Storage;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What hangs is a named pipe without anybody at its other end: opening it does not return.
@Unprivileged
class HangingDiskTest {

    @TempDir Path root;

    @Test
    void aWriteThatHangsIsSeenWhileTheServerGoesOnAnswering() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            node.await(seen -> seen.storage().verdict() instanceof Storage.Good);
            Storage.Space room = Objects.requireNonNull(node.control.observe().storage().data());
            assertThat(room.freeBytes()).isPositive().isLessThanOrEqualTo(room.totalBytes());
            Path page =
                    node.settings.dataDirectory().resolve("global").resolve(InstanceStorage.NAME);
            Files.delete(page);
            pipe(page);
            node.await(seen -> seen.storage().verdict() instanceof Storage.Late);
            assertThat(node.control.observe().process())
                    .isInstanceOf(ServerProcess.Answering.class);

            // A reader lets the hanging write go on; a pipe cannot be flushed, so it fails.
            try (var reader = Files.newInputStream(page)) {
                node.await(seen -> seen.storage().refusesWrites());
                assertThat(reader.read()).isNotNegative();
            }
            Files.delete(page);
            node.await(seen -> seen.storage().verdict() instanceof Storage.Good);
        }
    }

    @Test
    void aReadThatHangsDoesNotMakeTheServerLookSilent() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            Path version = node.settings.dataDirectory().resolve("PG_VERSION");
            String text = Files.readString(version);
            Files.delete(version);
            pipe(version);
            long before = System.nanoTime();
            while (System.nanoTime() - before < ServerMonitor.FRESH.multipliedBy(2).toNanos()) {
                assertThat(node.control.observe().process())
                        .isInstanceOf(ServerProcess.Answering.class);
                Thread.sleep(Duration.ofMillis(50));
            }
            // Whoever reads gets the text, and the next one a file again.
            try (RandomAccessFile writer = new RandomAccessFile(version.toFile(), "rw")) {
                Path file = Files.writeString(root.resolve("version"), text);
                Files.move(file, version, StandardCopyOption.REPLACE_EXISTING);
                writer.write(text.getBytes(StandardCharsets.UTF_8));
            }
            node.succeed(new PostgresCommand.Stop(StopMode.FAST));
        }
    }

    private static void pipe(Path path) throws Exception {
        Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
        assertThat(mkfifo.waitFor()).isZero();
    }
}
