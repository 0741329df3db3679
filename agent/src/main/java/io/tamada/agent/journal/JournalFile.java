package io.tamada.agent.journal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `journal.jsonl` in the agent's own directory beside the data. When the next line would pass the
/// limit, the file becomes `journal.1.jsonl` in the place of the one before: both together stay
/// within twice the limit.
public final class JournalFile implements JournalSink {

    private static final String NAME = "journal.jsonl";
    private static final String OLD_NAME = "journal.1.jsonl";

    private final Path file;
    private final Path old;
    private final long limitBytes;
    private @Nullable OutputStream stream;
    private long size;

    JournalFile(Path directory, long limitBytes) {
        file = directory.resolve(NAME);
        old = directory.resolve(OLD_NAME);
        this.limitBytes = limitBytes;
    }

    /// The newest lines of both files, the oldest of them first. A line that was cut off is left
    /// out by whoever reads it as JSON.
    ///
    /// @throws NoSuchFileException when there is no journal.
    public static List<String> latest(Path directory, int most) throws IOException {
        List<String> lines = new ArrayList<>();
        Path old = directory.resolve(OLD_NAME);
        Path file = directory.resolve(NAME);
        boolean hasOld = Files.exists(old);
        if (hasOld) {
            lines.addAll(lines(old));
        }
        if (!hasOld || Files.exists(file)) {
            lines.addAll(lines(file));
        }
        lines.removeIf(line -> !line.startsWith("{") || !line.endsWith("}"));
        return List.copyOf(lines.subList(Math.max(0, lines.size() - most), lines.size()));
    }

    /// What is no UTF-8, after a disk that lost a part, must not hide the rest.
    private static List<String> lines(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    }

    @Override
    public void write(String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        OutputStream to = stream == null ? open() : stream;
        if (size > 0 && size + bytes.length > limitBytes) {
            close();
            Files.move(file, old, StandardCopyOption.REPLACE_EXISTING);
            to = open();
        }
        try {
            to.write(bytes);
            size += bytes.length;
        } catch (IOException failure) {
            // Perhaps with a part of the line in it: opening it again ends that line.
            close();
            throw failure;
        }
    }

    private OutputStream open() throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
        size = Files.size(file);
        OutputStream opened = Files.newOutputStream(file, StandardOpenOption.APPEND);
        stream = opened;
        if (size > 0 && !endsALine()) {
            opened.write('\n');
            size++;
        }
        return opened;
    }

    private boolean endsALine() throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            channel.position(size - 1);
            var last = java.nio.ByteBuffer.allocate(1);
            return channel.read(last) == 1 && last.get(0) == '\n';
        }
    }

    @Override
    public void close() {
        OutputStream closing = stream;
        stream = null;
        if (closing != null) {
            try {
                closing.close();
            } catch (IOException _) {
                // What it could not take is counted by whoever wrote it.
            }
        }
    }
}
