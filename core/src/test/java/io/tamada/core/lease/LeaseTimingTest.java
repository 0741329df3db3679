package io.tamada.core.lease;

import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTimingTest {

    private static Duration seconds(long count) {
        return Duration.ofSeconds(count);
    }

    @Test
    void theStopBudgetIsWhatOneLoopAndOneRoundOfRetriesLeave() {
        LeaseTiming timing = new LeaseTiming(seconds(30), seconds(10), seconds(8));
        assertThat(timing.stopBudget()).isEqualTo(seconds(12));
        assertThat(timing.demoteBy(in(30))).isEqualTo(in(18));
        assertThat(timing.quitBy(in(30))).isEqualTo(in(21));
        assertThat(timing.killBy(in(30))).isEqualTo(in(24));
    }

    @ParameterizedTest
    @CsvSource({"30,10,10", "3,1,1", "20,1,9"})
    void theRungsOfTheFencingLadderFollowEachOtherBeforeTheLeaseRunsOut(
            int ttl, int loopWait, int retryTimeout) {
        LeaseTiming timing =
                new LeaseTiming(seconds(ttl), seconds(loopWait), seconds(retryTimeout));
        assertThat(NOW.isBefore(timing.demoteBy(in(ttl)))).isTrue();
        assertThat(timing.demoteBy(in(ttl)).isBefore(timing.quitBy(in(ttl)))).isTrue();
        assertThat(timing.quitBy(in(ttl)).isBefore(timing.killBy(in(ttl)))).isTrue();
        assertThat(timing.killBy(in(ttl)).isBefore(in(ttl))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"29,10,10", "30,0,10", "30,10,-1", "0,10,10"})
    void timesThatBreakTheRuleAreRefused(int ttl, int loopWait, int retryTimeout) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                new LeaseTiming(
                                        seconds(ttl), seconds(loopWait), seconds(retryTimeout)));
    }

    @ParameterizedTest(name = "ttl {0}, loop_wait {1}, retry_timeout {2} become {3}, {4}, {5}")
    @CsvSource({
        "30,10,10, 30,10,10",
        "25,10,10, 25,5,10",
        "20,10,10, 20,1,9",
        "20,10,9, 20,2,9",
        "5,10,10, 5,1,2",
        "4,10,10, 4,1,1",
        "1,1,1, 3,1,1",
        "30,0,10, 30,1,10",
        "30,10,0, 30,10,1",
        "30,-5,-5, 30,1,1"
    })
    void timesThatBreakTheRuleAreAdjustedInPatronisWay(
            int ttl, int loop, int retry, int ttlAfter, int loopAfter, int retryAfter) {
        assertThat(LeaseTiming.adjusted(seconds(ttl), seconds(loop), seconds(retry)))
                .isEqualTo(
                        new LeaseTiming(
                                seconds(ttlAfter), seconds(loopAfter), seconds(retryAfter)));
    }

    @Test
    void adjustingAnythingGivesTimesThatKeepTheRule() {
        for (int ttl = -1; ttl <= 40; ttl++) {
            for (int loop = -1; loop <= 40; loop++) {
                for (int retry = -1; retry <= 20; retry++) {
                    LeaseTiming timing =
                            LeaseTiming.adjusted(seconds(ttl), seconds(loop), seconds(retry));
                    assertThat(timing.stopBudget()).isPositive();
                }
            }
        }
    }
}
