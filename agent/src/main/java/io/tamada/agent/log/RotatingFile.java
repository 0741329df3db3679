package io.tamada.agent.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `patroni.log` in a directory. When the next line would pass the size, the file becomes
/// `patroni.log.1`, the one before it `patroni.log.2`, and so on up to the number kept.
final class RotatingFile implements LogSink {

    static final String NAME = "patroni.log";

    private final Path file;
    private final long limitBytes;
    private final int kept;
    private final @Nullable Integer mode;
    private OutputStream stream;
    private long size;

    RotatingFile(Path directory, long limitBytes, int kept, @Nullable Integer mode)
            throws IOException {
        this.file = directory.resolve(NAME);
        this.limitBytes = limitBytes;
        this.kept = kept;
        this.mode = mode;
        this.stream = open(file, mode);
        this.size = Files.size(file);
    }

    @Override
    public void write(String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        if (limitBytes > 0 && kept > 0 && size > 0 && size + bytes.length > limitBytes) {
            rotate();
        }
        stream.write(bytes);
        size += bytes.length;
    }

    private void rotate() throws IOException {
        stream.close();
        for (int number = kept - 1; number >= 1; number--) {
            Path from = numbered(number);
            if (Files.exists(from)) {
                Files.move(from, numbered(number + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(file, numbered(1), StandardCopyOption.REPLACE_EXISTING);
        stream = open(file, mode);
        size = 0;
    }

    private Path numbered(int number) {
        return file.resolveSibling(NAME + "." + number);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    private static OutputStream open(Path file, @Nullable Integer mode) throws IOException {
        OutputStream stream =
                Files.newOutputStream(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND,
                        StandardOpenOption.WRITE);
        if (mode != null) {
            Files.setPosixFilePermissions(file, permissions(mode));
        }
        return stream;
    }

    /// The nine permission bits, from the owner's read down to the others' execute.
    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int bit = 0; bit < all.length; bit++) {
            if ((mode & (1 << (all.length - 1 - bit))) != 0) {
                permissions.add(all[bit]);
            }
        }
        return permissions;
    }
}
