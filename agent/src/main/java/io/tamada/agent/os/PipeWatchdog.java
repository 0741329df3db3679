package io.tamada.agent.os;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// A named pipe in the place of a watchdog, for those who try out a configuration on a machine
/// without one: Patroni's driver `testing`. What a device would be told by ioctl is written as
/// text; whoever reads the pipe judges it, and no machine is reset.
public final class PipeWatchdog implements WatchdogDevice {

    private static final String SIGN_OF_LIFE = "1";
    private static final String MAGIC_CLOSE = "V";

    private final Path path;
    private @Nullable FileChannel pipe;

    public PipeWatchdog(Path path) {
        this.path = path;
    }

    @Override
    public @Nullable String whyUnusable() {
        if (!Files.exists(path)) {
            return path + " does not exist";
        }
        // Opening a file would write over it.
        return Files.isRegularFile(path) ? path + " is no named pipe" : null;
    }

    /// Waits for a reader, as the opening of a pipe does.
    @Override
    public @Nullable String open() {
        String unusable = whyUnusable();
        if (unusable != null) {
            return unusable;
        }
        try {
            pipe = FileChannel.open(path, StandardOpenOption.WRITE);
            return null;
        } catch (IOException failure) {
            return path + " cannot be opened: " + failure.getMessage();
        }
    }

    @Override
    public boolean isStoppable() {
        return true;
    }

    @Override
    public int setTimeoutSeconds(int seconds) {
        return write("Ctimeout=" + seconds + "\n") ? seconds : -1;
    }

    @Override
    public boolean keepAlive() {
        return write(SIGN_OF_LIFE);
    }

    @Override
    public boolean stop() {
        FileChannel open = pipe;
        if (open == null || !write(MAGIC_CLOSE)) {
            return false;
        }
        pipe = null;
        try {
            open.close();
            return true;
        } catch (IOException failure) {
            return false;
        }
    }

    private boolean write(String text) {
        FileChannel open = pipe;
        if (open == null) {
            return false;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                int _ = open.write(bytes);
            }
            return true;
        } catch (IOException noReader) {
            return false;
        }
    }
}
