package io.tamada.rest.control;

import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// How the thread of a caller waits for what comes of a command.
final class Waiting {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final TimeSource time;

    Waiting(TimeSource time) {
        this.time = time;
    }

    final class Deadline {

        private final Monotonic end;

        private Deadline(Monotonic end) {
            this.end = end;
        }

        /// Waits for a moment.
        ///
        /// @return false when the time is up, or the server ends.
        boolean pause() {
            if (time.now().isAtOrAfter(end)) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
                return true;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    Deadline until(Duration patience) {
        return new Deadline(time.now().plus(patience));
    }
}
