package io.tamada.agent.log;

import io.tamada.agent.settings.LogSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/// A queue of records in front of a sink, emptied by one thread. Logging never waits for the
/// sink: a record that finds the queue full is lost and counted.
final class LogQueue extends Handler {

    /// How long the end of the process may be held up by a sink that does not take its lines.
    private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

    private record Entry(LogRecord record, String message, String threadName) {}

    /// How lines look and where they go; replaced as one by a reload.
    private record Output(LogSettings settings, LineLayout layout, LogSink sink) {}

    private final Object lock = new Object();
    private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final Thread writer = new Thread(this::writeAll, "log");
    private Output output;
    private @Nullable LogSink retired;
    private boolean closing;
    private boolean writing;
    private long lost;
    private long lostReported;

    LogQueue(LogSettings settings, LogSink sink) {
        this.output = new Output(settings, new LineLayout(settings), sink);
        setLevel(Level.ALL);
        writer.setDaemon(true);
    }

    void start() {
        writer.start();
    }

    void replace(LogSettings settings, LogSink sink) {
        synchronized (lock) {
            if (!output.sink().equals(sink)) {
                retired = output.sink();
            }
            output = new Output(settings, new LineLayout(settings), sink);
            lock.notifyAll();
        }
    }

    LogSink sink() {
        synchronized (lock) {
            return output.sink();
        }
    }

    /// Records that wait, the one being written included.
    int size() {
        synchronized (lock) {
            return waiting.size() + (writing ? 1 : 0);
        }
    }

    long lost() {
        synchronized (lock) {
            return lost;
        }
    }

    /// The text is made here, by the one who logs: its arguments may change afterwards.
    @Override
    public void publish(LogRecord record) {
        if (!isLoggable(record)) {
            return;
        }
        LogSettings settings;
        synchronized (lock) {
            settings = output.settings();
        }
        Entry entry = new Entry(record, text(record, settings), Thread.currentThread().getName());
        synchronized (lock) {
            if (closing || waiting.size() >= settings.maximumQueued()) {
                lost++;
            } else {
                waiting.add(entry);
                lock.notifyAll();
            }
        }
    }

    private String text(LogRecord record, LogSettings settings) {
        String message = formatter.formatMessage(record);
        Throwable thrown = record.getThrown();
        if (thrown == null) {
            return message;
        }
        boolean hidden =
                settings.tracebackLevel() == LogSettings.Level.DEBUG
                        && settings.level() != LogSettings.Level.DEBUG;
        if (hidden) {
            return message + ", DETAIL: '" + thrown.getMessage() + "'";
        }
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return message + "\n" + trace.toString().stripTrailing();
    }

    private void writeAll() {
        while (true) {
            Entry entry;
            Output to;
            LogSink old;
            long unreported;
            synchronized (lock) {
                writing = false;
                lock.notifyAll();
                while (waiting.isEmpty() && !closing && retired == null) {
                    try {
                        lock.wait();
                    } catch (InterruptedException _) {
                        return;
                    }
                }
                old = retired;
                retired = null;
                entry = waiting.poll();
                to = output;
                unreported = lost - lostReported;
                writing = entry != null;
                if (entry == null && old == null) {
                    return;
                }
            }
            closeQuietly(old);
            if (entry != null) {
                write(entry, to, unreported);
            }
        }
    }

    private void write(Entry entry, Output to, long unreported) {
        try {
            to.sink().write(to.layout().line(entry.record(), entry.message(), entry.threadName()));
            if (unreported > 0) {
                LogRecord note = new LogRecord(Level.WARNING, "");
                note.setLoggerName(LogQueue.class.getName());
                to.sink()
                        .write(
                                to.layout()
                                        .line(
                                                note,
                                                "the log has lost " + unreported + " records",
                                                writer.getName()));
                synchronized (lock) {
                    lostReported += unreported;
                }
            }
        } catch (IOException _) {
            synchronized (lock) {
                lost++;
            }
        }
    }

    private static void closeQuietly(@Nullable LogSink sink) {
        if (sink != null) {
            try {
                sink.close();
            } catch (IOException _) {
                // A log file that cannot be closed has nothing left to tell.
            }
        }
    }

    @Override
    public void flush() {
        // Every line goes to the sink as it is written.
    }

    /// Writes what waits, for a bounded time.
    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
        try {
            writer.join(LONGEST_FAREWELL);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
