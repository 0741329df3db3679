package io.tamada.haproxy;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waiting for what announces itself to nobody.
final class Pause {

    private static final Duration STEP = Duration.ofMillis(10);

    private Pause() {}

    static void briefly() {
        try {
            Thread.sleep(STEP);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    static void until(String what, Duration limit, BooleanSupplier holds) {
        if (!whether(limit, holds)) {
            throw new AssertionError("not within " + limit + ": " + what);
        }
    }

    /// Whether it comes to hold within the limit.
    static boolean whether(Duration limit, BooleanSupplier holds) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            briefly();
        }
        return true;
    }
}
