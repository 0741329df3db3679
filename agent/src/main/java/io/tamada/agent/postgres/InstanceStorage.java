package io.tamada.agent.postgres;

import io.tamada.core.postgres.Storage.Space;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// A page in a file of our own where the control file is, and one where the WAL is if that is
/// another file system.
///
/// The files are named as the server's temporary files are: base backups, pg_rewind and
/// pg_checksums pass those over. They stay, and only shrink and grow, because pg_rewind minds
/// files that vanish while it runs.
final class InstanceStorage implements StorageProbe.Target {

    static final String NAME = "pgsql_tmp_tamada";

    private static final int PAGE_BYTES = 8192;

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
                        StandardOpenOption.WRITE,
                        // What was there is given back first, so that the write needs room.
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
            while (page.hasRemaining()) {
                channel.write(page);
            }
            channel.force(true);
        }
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
