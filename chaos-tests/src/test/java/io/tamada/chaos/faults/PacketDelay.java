package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Await;
import io.tamada.chaos.cluster.Launched;
import io.tamada.chaos.cluster.Signals;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// A process that holds the packets of one queue of the kernel for a while (`delay.c`): a kernel
/// without netem has no other way to slow packets on the loopback device.
final class PacketDelay implements AutoCloseable {

    private static final Duration UNTIL_BOUND = Duration.ofSeconds(5);
    private static final Duration COMPILING = Duration.ofSeconds(30);
    private static final AtomicInteger QUEUE =
            new AtomicInteger((int) (ProcessHandle.current().pid() % 60_000));

    private final int queue;
    private final Path directory;
    private final Launched process;

    private PacketDelay(int queue, Path directory, Launched process) {
        this.queue = queue;
        this.directory = directory;
        this.process = process;
    }

    /// Returns when packets sent to [#target()] are held.
    static PacketDelay begin(Duration length) {
        int queue = QUEUE.incrementAndGet();
        try {
            Path directory = Files.createTempDirectory("tamada-delay-");
            Path program = compile(directory);
            Launched process =
                    Launched.start(
                            Launched.As.CALLER,
                            directory,
                            directory.resolve("delay.log"),
                            Map.of(),
                            List.of(
                                    program.toString(),
                                    Integer.toString(queue),
                                    Long.toString(length.toMillis())));
            Await.until(
                    "the packet delay to begin",
                    UNTIL_BOUND,
                    () -> process.output().contains("bound"),
                    process::output);
            return new PacketDelay(queue, directory, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path compile(Path directory) throws IOException {
        Path source = directory.resolve("delay.c");
        try (InputStream text = PacketDelay.class.getResourceAsStream("delay.c")) {
            if (text == null) {
                throw new IllegalStateException("delay.c is not on the class path");
            }
            Files.copy(text, source);
        }
        Path program = directory.resolve("delay");
        var _ =
                Launched.run(
                        Launched.As.CALLER,
                        directory,
                        COMPILING,
                        List.of("cc", "-O2", "-o", program.toString(), source.toString()));
        return program;
    }

    /// Where a packet filter has to send the packets. Without the process they pass at once.
    List<String> target() {
        return List.of("-j", "NFQUEUE", "--queue-num", Integer.toString(queue), "--queue-bypass");
    }

    /// After the packet filter no longer sends packets here: those held are let go at once.
    @Override
    public void close() {
        process.signal(Signals.TERM);
        var _ = process.exitWithin(UNTIL_BOUND);
        try {
            for (String name : List.of("delay.c", "delay", "delay.log")) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
