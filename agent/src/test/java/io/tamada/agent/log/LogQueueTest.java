package io.tamada.agent.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.settings.LogSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LogQueueTest {

    private static LogSettings settings(int maximumQueued, LogSettings.Level tracebackLevel) {
        return new LogSettings(
                LogSettings.Type.PLAIN,
                LogSettings.Level.INFO,
                tracebackLevel,
                "%(levelname)s %(message)s",
                List.of(),
                null,
                maximumQueued,
                null,
                null,
                4,
                1000,
                Map.of(),
                Map.of());
    }

    private static LogRecord record(String text) {
        return new LogRecord(Level.INFO, text);
    }

    /// A disk that hangs until it is let go.
    private static final class HangingSink implements LogSink {
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch released = new CountDownLatch(1);
        final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        @Override
        public void write(String line) throws IOException {
            reached.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            lines.add(line);
        }
    }

    @Test
    void aHungSinkHoldsUpNobodyAndWhatIsLostIsCountedAndReported() throws Exception {
        HangingSink sink = new HangingSink();
        LogQueue queue = new LogQueue(settings(5, LogSettings.Level.ERROR), sink);
        queue.start();
        queue.publish(record("first"));
        sink.reached.await();

        long before = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            queue.publish(record("r" + i));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - before);

        assertThat(took).isLessThan(Duration.ofSeconds(2));
        assertThat(queue.size()).isEqualTo(6);
        assertThat(queue.lost()).isEqualTo(995);
        sink.released.countDown();
        queue.close();
        assertThat(sink.lines)
                .containsExactly(
                        "INFO first",
                        "INFO r0",
                        "WARNING the log has lost 995 records",
                        "INFO r1",
                        "INFO r2",
                        "INFO r3",
                        "INFO r4");
    }

    @Test
    void closingGivesUpOnAHungSink() throws Exception {
        HangingSink sink = new HangingSink();
        LogQueue queue = new LogQueue(settings(5, LogSettings.Level.ERROR), sink);
        queue.start();
        queue.publish(record("first"));
        sink.reached.await();

        long before = System.nanoTime();
        queue.close();

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        sink.released.countDown();
    }

    @Test
    void aSinkThatFailsAndRecoversLosesOnlyWhatFailed() throws Exception {
        AtomicBoolean full = new AtomicBoolean(true);
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        CountDownLatch failed = new CountDownLatch(1);
        LogQueue queue =
                new LogQueue(
                        settings(5, LogSettings.Level.ERROR),
                        line -> {
                            if (full.get()) {
                                failed.countDown();
                                throw new IOException("no space left");
                            }
                            lines.add(line);
                        });
        queue.start();
        queue.publish(record("lost"));
        failed.await();
        full.set(false);
        queue.publish(record("kept"));

        assertThat(lines.poll(5, TimeUnit.SECONDS)).isEqualTo("INFO kept");
        assertThat(lines.poll(5, TimeUnit.SECONDS)).isEqualTo("WARNING the log has lost 1 records");
        queue.close();
    }

    @Test
    void aTracebackIsShownWhereItsLevelSays() throws Exception {
        assertThat(lineOfAFailure(LogSettings.Level.ERROR))
                .startsWith("INFO it failed\njava.lang.IllegalStateException: because\n\tat ");
        assertThat(lineOfAFailure(LogSettings.Level.DEBUG))
                .isEqualTo("INFO it failed, DETAIL: 'because'");
    }

    private static String lineOfAFailure(LogSettings.Level tracebackLevel) {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        LogQueue queue = new LogQueue(settings(5, tracebackLevel), lines::add);
        queue.start();
        LogRecord record = record("it failed");
        record.setThrown(new IllegalStateException("because"));
        queue.publish(record);
        queue.close();
        return String.join("|", lines);
    }
}
