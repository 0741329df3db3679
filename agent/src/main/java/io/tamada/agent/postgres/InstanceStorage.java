package io.tamada.agent.postgres;

import io.tamada.core.postgres.Storage.Space;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A few pages in a file of our own where the control file is, and in one where the WAL is if that
/// is another file system. They are given back when they are on the disk, not before they are
/// written again: a full disk has room for what it has just been given.
///
/// The files are named as the server's temporary files are: base backups, pg_rewind and
/// pg_checksums pass those over. They stay, and only shrink and grow, because pg_rewind minds
/// files that vanish while it runs.
final class InstanceStorage implements StorageProbe.Target {

    static final String NAME = "pgsql_tmp_tamada";

    /// Eight pages of the server: what one row with a new file for its free space map may need. A
    /// disk that has less can be read, and no more.
    private static final int NEEDED_BYTES = 8 * 8192;

    /// Noise, because file systems that compress need no room for zeros.
    private static final byte[] NOISE = noise();

    private final Path data;
    private final Path wal;

    InstanceStorage(Path dataDirectory) {
        this.data = dataDirectory.resolve("global");
        this.wal = dataDirectory.resolve("pg_wal");
    }

    @Override
    public void write() throws IOException {
        write(data);
        if (hasOwnFileSystem(wal)) {
            write(wal);
        }
    }

    private static void write(Path directory) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        directory.resolve(NAME),
                        StandardOpenOption.CREATE,
                        // Behind what a killed agent has left, so that it needs room of its own.
                        StandardOpenOption.APPEND)) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(NOISE);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            } finally {
                channel.truncate(0);
            }
        }
    }

    private static byte[] noise() {
        byte[] bytes = new byte[NEEDED_BYTES];
        new Random(NEEDED_BYTES).nextBytes(bytes);
        return bytes;
    }

    @Override
    public @Nullable Space data() {
        return space(data);
    }

    @Override
    public @Nullable Space wal() throws IOException {
        return hasOwnFileSystem(wal) ? space(wal) : null;
    }

    private static @Nullable Space space(Path directory) {
        File file = directory.toFile();
        long total = file.getTotalSpace();
        return total == 0 ? null : new Space(file.getUsableSpace(), total);
    }

    private boolean hasOwnFileSystem(Path directory) throws IOException {
        return !Files.getAttribute(directory, "unix:dev")
                .equals(Files.getAttribute(data, "unix:dev"));
    }
}
