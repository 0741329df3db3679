package io.tamada.agent.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.agent.os.FileFailure;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal of this node: the newest lines in memory, from where the API shows them, and all of
/// them, bounded, in a file. A thread of its own writes: neither the loop nor the API waits for a
/// disk, and a disk that hangs costs lines, which are counted, and nothing else.
public final class Journal implements AutoCloseable {

    /// Kept in memory, and the most that the API shows.
    public static final int SHOWN = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long FILE_LIMIT_BYTES = 1 << 20;
    private static final int WAITING_LIMIT = 1_000;
    private static final Duration LAST_WRITE = Duration.ofSeconds(1);

    private final JournalSink sink;
    private final Path directory;
    private final Object lock = new Object();
    private final ArrayDeque<String> shown = new ArrayDeque<>();
    private final ArrayDeque<String> waiting = new ArrayDeque<>();
    private final Thread writer =
            Thread.ofPlatform().name("journal").daemon().unstarted(this::writeAll);
    private long number;
    private long lost;
    private boolean closing;

    /// @param directory the agent's own, beside the data directory.
    public Journal(Path directory) {
        this(directory, new JournalFile(directory, FILE_LIMIT_BYTES));
    }

    Journal(Path directory, JournalSink sink) {
        this.directory = directory;
        this.sink = sink;
    }

    /// Reads what an earlier life has left, and begins to write. A journal that cannot be read is
    /// no reason not to run a database.
    public void open() {
        try {
            for (String line : JournalFile.latest(directory, SHOWN)) {
                JsonNode json = parsed(line);
                if (json != null) {
                    shown.add(line);
                    number = Math.max(number, json.path("seq").asLong());
                }
            }
        } catch (NoSuchFileException _) {
            // The first life of this agent.
        } catch (IOException unreadable) {
            LOG.warn("cannot read the journal in {}: {}", directory, FileFailure.text(unreadable));
        }
        writer.start();
    }

    private static @Nullable JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException _) {
            return null;
        }
    }

    /// Never waits for the disk. Any thread.
    public void add(Event event) {
        synchronized (lock) {
            String line = event.line(++number);
            show(line);
            if (closing || waiting.size() >= WAITING_LIMIT) {
                lost++;
            } else {
                waiting.add(line);
                lock.notifyAll();
            }
        }
    }

    private void show(String line) {
        if (shown.size() >= SHOWN) {
            shown.removeFirst();
        }
        shown.add(line);
    }

    /// The newest lines, each a JSON object, the oldest of them first. Touches no disk.
    public List<String> latest(int most) {
        synchronized (lock) {
            List<String> lines = new ArrayList<>(shown);
            int wanted = Math.clamp(most, 0, lines.size());
            return List.copyOf(lines.subList(lines.size() - wanted, lines.size()));
        }
    }

    /// Lines that did not reach the file and are not accounted for in it yet.
    long lost() {
        synchronized (lock) {
            return lost;
        }
    }

    private void writeAll() {
        boolean complained = false;
        while (true) {
            String line;
            synchronized (lock) {
                while (waiting.isEmpty() && !closing) {
                    try {
                        lock.wait();
                    } catch (InterruptedException _) {
                        return;
                    }
                }
                if (waiting.isEmpty()) {
                    break;
                }
                line = waiting.remove();
            }
            try {
                accountForLost();
                sink.write(line);
                complained = false;
            } catch (IOException failure) {
                synchronized (lock) {
                    lost++;
                }
                if (!complained) {
                    complained = true;
                    LOG.warn("cannot write the journal: {}", FileFailure.text(failure));
                }
            }
        }
        sink.close();
    }

    /// In the file, where a reader would take silence for nothing having happened.
    private void accountForLost() throws IOException {
        String line;
        long counted;
        synchronized (lock) {
            if (lost == 0) {
                return;
            }
            counted = lost;
            line =
                    new Event(Instant.now(), Event.Kind.LOST, Map.of("lines", counted))
                            .line(++number);
        }
        sink.write(line);
        synchronized (lock) {
            lost -= counted;
        }
    }

    /// Writes what waits, if the disk lets it.
    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
        try {
            writer.join(LAST_WRITE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
