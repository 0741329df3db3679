package io.tamada.core.rejoin;

import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.in;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.rejoin.Progress.Sight;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Progress look(@Nullable Progress before, String subject, long reading, int at) {
        return Objects.requireNonNull(Progress.after(before, new Sight(subject, reading), in(at)));
    }

    @Test
    void whatGrowsIsNeverLateHoweverLongItTakes() {
        Progress watch = look(null, "clone", 0, 0);
        for (int second = 50; second < 5000; second += 50) {
            watch = look(watch, "clone", second, second);
            assertThat(watch.isStalled(in(second + 49), PATIENCE)).isFalse();
        }
    }

    @Test
    void whatStandsStillOrFallsIsLate() {
        Progress watch = look(look(look(null, "clone", 10, 0), "clone", 10, 30), "clone", 3, 59);
        assertThat(watch.isStalled(in(59), PATIENCE)).isFalse();
        assertThat(watch.isStalled(in(60), PATIENCE)).isTrue();
    }

    @Test
    void anotherSubjectBeginsAnewAndNothingIsWatchedWithoutOne() {
        Progress watch = look(look(null, "start", 10, 0), "rewind", 1, 100);
        assertThat(watch.isStalled(in(101), PATIENCE)).isFalse();
        assertThat(Progress.after(watch, null, in(102))).isNull();
    }

    @Test
    void aLagIsHopelessWhenItIsTooLargeAndDoesNotShrink() {
        Lag lag = Objects.requireNonNull(Lag.after(null, 200, 100, ago(100)));
        Lag still = Objects.requireNonNull(Lag.after(lag, 250, 100, NOW));
        assertThat(still.isHopeless(NOW, PATIENCE)).isTrue();
        Lag nearer = Objects.requireNonNull(Lag.after(lag, 150, 100, NOW));
        assertThat(nearer.isHopeless(NOW, PATIENCE)).isFalse();
        assertThat(Lag.after(lag, 100, 100, NOW)).isNull();
        assertThat(Lag.after(null, 1_000_000, 0, NOW)).as("no limit is set").isNull();
    }
}
