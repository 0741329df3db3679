package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tamada.core.postgres.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// On small file systems in memory, which only root can make.
@Timeout(60)
class InstanceStorageTest {

    private static final String FULL = "No space left on device";

    @TempDir private Path directory;
    private final List<Path> mounted = new ArrayList<>();
    private Path data;
    private InstanceStorage storage;

    @BeforeEach
    void instance() throws Exception {
        data = smallDisk("data");
        Files.createDirectory(data.resolve("global"));
        Files.createDirectory(data.resolve("pg_wal"));
        storage = new InstanceStorage(data);
    }

    @AfterEach
    void unmount() throws Exception {
        for (Path place : mounted) {
            int _ = run("umount", "--lazy", place.toString());
        }
    }

    private Path smallDisk(String name) throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can mount");
        Path place = Files.createDirectory(directory.resolve(name));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place.toString()) == 0,
                "mounting is not allowed here");
        mounted.add(place);
        return place;
    }

    private static int run(String... line) throws Exception {
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static Path fill(Path disk) throws IOException {
        Path filler = disk.resolve("filler");
        try (FileChannel channel =
                FileChannel.open(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                channel.write(ByteBuffer.allocate(4096));
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining(FULL);
            return filler;
        }
    }

    private static void leave(Path filler, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(filler, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - bytes);
        }
    }

    @Test
    void aDiskThatHasFilledUpBetweenTwoWritesRefusesTheNextUntilThereIsRoom() throws Exception {
        storage.write();
        Path filler = fill(data);
        for (int again = 0; again < 3; again++) {
            assertThatThrownBy(storage::write).hasMessageContaining(FULL);
        }
        leave(filler, 256 << 10);
        storage.write();
    }

    @Test
    void whatAKilledAgentHasLeftIsNoRoomForTheNextWrite() throws Exception {
        Files.write(data.resolve("global").resolve(InstanceStorage.NAME), new byte[128 << 10]);
        Path filler = fill(data);
        assertThatThrownBy(storage::write).hasMessageContaining(FULL);
        leave(filler, 256 << 10);
        storage.write();
    }

    @Test
    void aPageIsNotEnoughForAServer() throws Exception {
        storage.write();
        leave(fill(data), 8192);
        assertThatThrownBy(storage::write).hasMessageContaining(FULL);
    }

    @Test
    void theFileStaysAndTakesNoRoomBetweenTwoWrites() throws Exception {
        Storage.Space before = storage.data();
        storage.write();
        assertThat(data.resolve("global").resolve(InstanceStorage.NAME)).isEmptyFile();
        assertThat(storage.data()).isEqualTo(before);
        assertThat(data.resolve("pg_wal")).isEmptyDirectory();
    }

    @Test
    void anotherFileSystemForTheWalIsWrittenToAsWell() throws Exception {
        Path wal = smallDisk("wal");
        Files.delete(data.resolve("pg_wal"));
        Files.createSymbolicLink(data.resolve("pg_wal"), wal);
        storage.write();
        Path filler = fill(wal);
        assertThatThrownBy(storage::write).hasMessageContaining(FULL);
        leave(filler, 256 << 10);
        storage.write();
        fill(data);
        assertThatThrownBy(storage::write).hasMessageContaining(FULL);
    }
}
