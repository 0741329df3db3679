package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.Storage;
import io.tamada.core.time.Monotonic;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StorageProbeTest {

    private static final Monotonic START = new Monotonic(1_000_000_000_000L);

    /// A disk that answers each write when it is told to.
    private static final class Disk implements StorageProbe.Target {
        final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
        final Semaphore answers = new Semaphore(0);
        volatile @Nullable IOException refusal;

        @Override
        public void write() throws IOException {
            begun.add("write");
            answers.acquireUninterruptibly();
            IOException reason = refusal;
            if (reason != null) {
                throw reason;
            }
        }

        @Override
        public Storage.Space data() {
            return new Storage.Space(100, 200);
        }

        @Override
        public Storage.@Nullable Space wal() {
            return null;
        }
    }

    private final Disk disk = new Disk();
    private final AtomicReference<Monotonic> now = new AtomicReference<>(START);
    private final TimeSource clock = now::get;
    private final AtomicBoolean instance = new AtomicBoolean(true);
    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
    private final StorageProbe probe =
            new StorageProbe(
                    clock,
                    disk,
                    instance::get,
                    Duration.ofMillis(1),
                    () -> {
                        // The end of one probe is seen by the beginning of the next.
                        boolean _ = news.add("news");
                    });

    @AfterEach
    void release() {
        probe.close();
        disk.answers.release(1000);
    }

    private Monotonic pass(long seconds) {
        return now.updateAndGet(t -> t.plus(Duration.ofSeconds(seconds)));
    }

    /// Answers the write under way; returns when the next one has begun.
    private void answer() throws InterruptedException {
        disk.answers.release();
        disk.begun.take();
    }

    @Test
    void aWriteThatHangsIsToldWhileItHangsAndForgottenWhenItEnds() throws Exception {
        probe.start();
        disk.begun.take();
        answer();
        assertThat(probe.observe().verdict()).isEqualTo(new Storage.Good(START));
        assertThat(probe.observe().data()).isEqualTo(new Storage.Space(100, 200));

        pass(1);
        assertThat(probe.observe().trouble()).isNull();
        pass(1);
        assertThat(probe.observe().verdict()).isEqualTo(new Storage.Late(START));
        assertThat(probe.observe().data()).isEqualTo(new Storage.Space(100, 200));

        answer();
        assertThat(probe.observe().trouble()).isNull();
    }

    @Test
    void aRefusalIsToldWithItsReasonAndTheBeginningOfTheTrouble() throws Exception {
        disk.refusal = new FileSystemException("/some/path", null, "No space left on device");
        probe.start();
        disk.begun.take();
        answer();
        Storage.Failing first = new Storage.Failing("No space left on device", START);
        assertThat(probe.observe().verdict()).isEqualTo(first);
        assertThat(news.take()).isEqualTo("news");

        pass(1);
        answer();
        assertThat(probe.observe().verdict()).isEqualTo(first);

        pass(60);
        assertThat(probe.observe().verdict()).isEqualTo(new Storage.Late(START));

        disk.refusal = null;
        answer();
        assertThat(probe.observe().trouble()).isNull();
        assertThat(news.take()).isEqualTo("news");
    }

    @Test
    void nothingIsWrittenWhereThereIsNoInstance() throws Exception {
        disk.refusal = new IOException("Read-only file system");
        probe.start();
        disk.begun.take();
        answer();
        assertThat(probe.observe().refusesWrites()).isTrue();
        instance.set(false);
        disk.answers.release();
        while (!probe.observe().equals(Storage.UNPROBED)) {
            Thread.onSpinWait();
        }
        assertThat(disk.begun).isEmpty();
    }
}
