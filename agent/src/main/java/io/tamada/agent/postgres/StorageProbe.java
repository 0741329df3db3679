package io.tamada.agent.postgres;

import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.Storage;
import io.tamada.core.postgres.Storage.Space;
import io.tamada.core.time.Monotonic;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes to the instance's storage every two seconds, on a thread of its own that may hang there
/// for ever; whoever reads the outcome does not wait, and sees that it hangs.
final class StorageProbe {

    private static final Logger LOG = LoggerFactory.getLogger(StorageProbe.class);

    static final Duration INTERVAL = Duration.ofSeconds(2);

    /// A write that takes longer than this is told as late. How long that may last before it has
    /// consequences is the cluster's setting, `storage_timeout`.
    static final Duration LATE_AFTER = Duration.ofSeconds(2);

    /// Where to write.
    interface Target {

        /// Returns when what it has written is on the disk.
        void write() throws IOException;

        /// Room in the data directory's file system; null when it does not say.
        @Nullable Space data() throws IOException;

        /// Room where the WAL is, if that is another file system; null otherwise.
        @Nullable Space wal() throws IOException;
    }

    private final TimeSource time;
    private final Target target;
    private final BooleanSupplier mayWrite;
    private final Duration interval;
    private final Runnable news;
    private final Thread thread;

    private volatile Storage latest = Storage.UNPROBED;
    private volatile @Nullable Monotonic begunAt;
    private volatile boolean closed;

    /// @param mayWrite whether there is an instance that nothing is being done to.
    /// @param news called when trouble has begun or ended.
    StorageProbe(
            TimeSource time,
            Target target,
            BooleanSupplier mayWrite,
            Duration interval,
            Runnable news) {
        this.time = time;
        this.target = target;
        this.mayWrite = mayWrite;
        this.interval = interval;
        this.news = news;
        this.thread = Thread.ofPlatform().name("storage-probe").daemon(true).unstarted(this::probe);
    }

    void start() {
        thread.start();
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    Storage observe() {
        Storage known = latest;
        Monotonic begun = begunAt;
        if (begun == null || time.now().isBefore(begun.plus(LATE_AFTER))) {
            return known;
        }
        Monotonic since = known.troubledSince();
        return new Storage(
                new Storage.Late(since == null ? begun : since), known.data(), known.wal());
    }

    private void probe() {
        while (!closed) {
            if (mayWrite.getAsBoolean()) {
                write();
            } else {
                latest = Storage.UNPROBED;
            }
            LockSupport.parkNanos(interval.toNanos());
        }
    }

    private void write() {
        Monotonic begun = time.now();
        begunAt = begun;
        Storage before = latest;
        Storage after;
        try {
            target.write();
            after = new Storage(new Storage.Good(begun), target.data(), target.wal());
        } catch (IOException failure) {
            Monotonic since = before.troubledSince();
            after =
                    new Storage(
                            new Storage.Failing(reason(failure), since == null ? begun : since),
                            room(target::data, before.data()),
                            room(target::wal, before.wal()));
        }
        latest = after;
        begunAt = null;
        tell(before, after, begun);
        if ((before.trouble() == null) != (after.trouble() == null)) {
            news.run();
        }
    }

    private interface Asked {

        @Nullable Space ask() throws IOException;
    }

    /// Of a storage that has refused a write: what it has now, or had when it last said.
    private static @Nullable Space room(Asked place, @Nullable Space before) {
        try {
            return place.ask();
        } catch (IOException silent) {
            return before;
        }
    }

    private void tell(Storage before, Storage after, Monotonic begun) {
        if (!time.now().isBefore(begun.plus(LATE_AFTER))) {
            LOG.warn("A write to the storage took {} ms", begun.until(time.now()).toMillis());
        }
        if (after.trouble() != null && before.trouble() == null) {
            LOG.warn("{}", after.trouble());
        } else if (after.trouble() == null && before.trouble() != null) {
            LOG.info("The storage takes writes again");
        }
    }

    /// Of a file system's exception only what the system said, so that the text stays the same.
    private static String reason(IOException failure) {
        String text =
                failure instanceof java.nio.file.FileSystemException named
                                && named.getReason() != null
                        ? named.getReason()
                        : failure.getMessage();
        return text == null || text.isEmpty() ? failure.getClass().getSimpleName() : text;
    }
}
