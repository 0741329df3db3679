package io.tamada.agent.log;

import io.tamada.agent.settings.LogSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The log of this process: installs itself as the only handler of `java.util.logging`, which
/// slf4j writes to.
public final class AgentLog implements AutoCloseable {

    /// Libraries that report their inner life; only their warnings concern an operator.
    private static final List<String> CHATTY =
            List.of(
                    "io.netty",
                    "io.grpc",
                    "io.micronaut",
                    "io.etcd",
                    "org.postgresql",
                    "org.newsclub",
                    "com.sun",
                    "sun",
                    "jdk",
                    "javax");

    private static final AtomicReference<@Nullable AgentLog> INSTALLED = new AtomicReference<>();

    private final LogQueue queue;

    /// java.util.logging forgets the level of a logger that nobody refers to.
    private List<Logger> configured = List.of();

    private LogSettings settings;

    private AgentLog(LogSettings settings, LogQueue queue) {
        this.settings = settings;
        this.queue = queue;
    }

    /// Takes over all logging of the process.
    ///
    /// @throws IOException when `log.dir` cannot be written to.
    public static AgentLog start(LogSettings settings) throws IOException {
        LogQueue queue = new LogQueue(settings, sink(settings));
        AgentLog log = new AgentLog(settings, queue);
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.addHandler(queue);
        log.applyLevels(settings);
        queue.start();
        INSTALLED.set(log);
        return log;
    }

    /// The log of this process, or null before it was started.
    public static @Nullable AgentLog installed() {
        return INSTALLED.get();
    }

    /// Takes changed settings over; nothing that waits is lost.
    ///
    /// @throws IOException when the new `log.dir` cannot be written to; the log stays as it was.
    public synchronized void reload(LogSettings next) throws IOException {
        queue.replace(next, sameFile(next) ? queue.sink() : sink(next));
        settings = next;
        applyLevels(next);
    }

    private boolean sameFile(LogSettings next) {
        return Objects.equals(settings.directory(), next.directory())
                && Objects.equals(settings.fileMode(), next.fileMode())
                && settings.fileNumber() == next.fileNumber()
                && settings.fileSizeBytes() == next.fileSizeBytes();
    }

    private static LogSink sink(LogSettings settings) throws IOException {
        return settings.directory() == null
                ? LogSink.standardError()
                : new RotatingFile(
                        settings.directory(),
                        settings.fileSizeBytes(),
                        settings.fileNumber(),
                        settings.fileMode());
    }

    private void applyLevels(LogSettings next) {
        configured.forEach(logger -> logger.setLevel(null));
        List<Logger> loggers = new ArrayList<>();
        Logger.getLogger("").setLevel(level(next.level()));
        for (String name : CHATTY) {
            Logger logger = Logger.getLogger(name);
            logger.setLevel(
                    level(
                            next.level().compareTo(LogSettings.Level.WARNING) > 0
                                    ? next.level()
                                    : LogSettings.Level.WARNING));
            loggers.add(logger);
        }
        for (Map.Entry<String, LogSettings.Level> entry : next.loggers().entrySet()) {
            Logger logger = Logger.getLogger(entry.getKey());
            logger.setLevel(level(entry.getValue()));
            loggers.add(logger);
        }
        configured = List.copyOf(loggers);
    }

    private static Level level(LogSettings.Level level) {
        return switch (level) {
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARNING -> Level.WARNING;
            case ERROR -> Level.SEVERE;
            case CRITICAL -> Critical.LEVEL;
        };
    }

    /// Records that wait to be written: `logger_queue_size` of `/patroni`.
    public int queueSize() {
        return queue.size();
    }

    /// Records that were lost because the queue was full or a write failed:
    /// `logger_records_lost` of `/patroni`.
    public long recordsLost() {
        return queue.lost();
    }

    /// Writes what waits, for at most a second.
    @Override
    public void close() {
        INSTALLED.compareAndSet(this, null);
        queue.close();
    }
}
