package io.tamada.agent.postgres;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Looks at files for a thread that must not wait for a disk. While one look hangs, all are
/// answered with what was known before. For one caller.
final class FileDesk {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final ExecutorService clerk =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("instance-files").daemon(true).factory());
    private @Nullable Future<?> hanging;

    /// @param known the answer when the disk does not give one in time.
    <T extends @Nullable Object> T look(Callable<T> look, T known) throws IOException {
        Future<?> earlier = hanging;
        if (earlier != null && !earlier.isDone()) {
            return known;
        }
        Future<T> asked = clerk.submit(look);
        try {
            T answer = asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            hanging = null;
            return answer;
        } catch (TimeoutException _) {
            hanging = asked;
            return known;
        } catch (ExecutionException failure) {
            hanging = null;
            if (failure.getCause() instanceof IOException unreadable) {
                throw unreadable;
            }
            if (failure.getCause() instanceof Error fatal) {
                throw fatal;
            }
            throw new IllegalStateException(failure.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return known;
        }
    }

    void close() {
        clerk.shutdownNow();
    }
}
