package io.tamada.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MonotonicTest {

    @Test
    void instantsOnBothSidesOfTheCountersOverflowAreInOrder() {
        Monotonic before = new Monotonic(Long.MAX_VALUE - 5);
        Monotonic after = before.plus(Duration.ofNanos(10));
        assertThat(before.isBefore(after)).isTrue();
        assertThat(after.compareTo(before)).isPositive();
        assertThat(before.until(after)).isEqualTo(Duration.ofNanos(10));
    }

    @Test
    void theTimeUntilAPassedInstantIsNegative() {
        Monotonic now = new Monotonic(100);
        assertThat(now.until(new Monotonic(40))).isEqualTo(Duration.ofNanos(-60));
    }

    @Test
    void aSettingOfManyThousandYearsMeansLaterAndDoesNotThrow() {
        Monotonic now = new Monotonic(100);
        Duration absurd = Duration.ofSeconds(Long.MAX_VALUE);
        assertThat(now.isBefore(now.plus(absurd))).isTrue();
        assertThat(now.minus(absurd).isBefore(now)).isTrue();
        assertThat(now.plus(absurd.negated()).isBefore(now)).isTrue();
    }
}
