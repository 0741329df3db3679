package io.tamada.core.lease;

import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.in;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WriteDeadlineTest {

    private static final LeaseTiming LONG = timing(30);
    private static final LeaseTiming SHORT = timing(5);

    private final WriteDeadline deadline = new WriteDeadline();

    private static LeaseTiming timing(int ttl) {
        return new LeaseTiming(
                Duration.ofSeconds(ttl), Duration.ofSeconds(1), Duration.ofSeconds(1));
    }

    @Test
    void nothingIsCoveredBeforeTheFirstProof() {
        assertThat(deadline.current()).isNull();
        assertThat(deadline.covers(NOW)).isFalse();
    }

    @Test
    void theInstantItselfIsNotCoveredAnyMore() {
        deadline.extend(in(10), LONG);
        assertThat(deadline.covers(in(10).minus(Duration.ofNanos(1)))).isTrue();
        assertThat(deadline.covers(in(10))).isFalse();
    }

    @Test
    void aLateAnswerDoesNotMoveItBack() {
        deadline.extend(in(10), LONG);
        deadline.extend(in(7), LONG);
        assertThat(deadline.current()).isEqualTo(new WriteDeadline.Term(in(10), LONG));
    }

    @Test
    void movingToAShorterLeaseMovesItBackTogetherWithItsTiming() {
        deadline.extend(in(30), LONG);
        deadline.limit(in(5), SHORT);
        assertThat(deadline.current()).isEqualTo(new WriteDeadline.Term(in(5), SHORT));
    }

    @Test
    void aLimitNeverMovesItForwardAndNeverGrantsOne() {
        deadline.limit(in(5), SHORT);
        assertThat(deadline.current()).isNull();
        deadline.extend(in(3), LONG);
        deadline.limit(in(5), SHORT);
        assertThat(deadline.covers(in(4))).isFalse();
    }

    @Test
    void afterRevokingNothingIsCovered() {
        deadline.extend(in(10), LONG);
        deadline.revoke();
        assertThat(deadline.current()).isNull();
        assertThat(deadline.covers(NOW)).isFalse();
    }
}
