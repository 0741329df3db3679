package io.tamada.chaos.cluster;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waiting for what no event tells: looks again and again until a deadline.
public final class Await {

    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private Await() {}

    /// What one look has found: the value looked for, or why it is not there yet.
    public sealed interface Seen<T> {
        record Yes<T>(T value) implements Seen<T> {}

        record NotYet<T>(String because) implements Seen<T> {}
    }

    /// @param what reads after "waited for".
    /// @throws AssertionError at the deadline, with what the last look has found.
    public static <T> T value(String what, Duration within, Supplier<Seen<T>> look) {
        long started = System.nanoTime();
        while (true) {
            Seen<T> seen = look.get();
            if (seen instanceof Seen.Yes<T>(T value)) {
                return value;
            }
            if (System.nanoTime() - started > within.toNanos()) {
                String because = seen instanceof Seen.NotYet<T>(String text) ? text : "";
                throw new AssertionError(
                        "waited %.1f s for %s; the last look found: %s"
                                .formatted(within.toMillis() / 1000.0, what, because));
            }
            pause(LOOK_EVERY);
        }
    }

    /// @return how long it took.
    public static Duration until(
            String what, Duration within, BooleanSupplier holds, Supplier<String> found) {
        long started = System.nanoTime();
        var _ =
                value(
                        what,
                        within,
                        () ->
                                holds.getAsBoolean()
                                        ? new Seen.Yes<>(true)
                                        : new Seen.NotYet<>(found.get()));
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /// For faults that last a while; not for waiting until something has happened.
    public static void pause(Duration length) {
        try {
            Thread.sleep(length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}
