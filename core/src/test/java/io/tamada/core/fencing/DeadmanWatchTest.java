package io.tamada.core.fencing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.fencing.DeadmanWatch.Verdict;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadmanWatchTest {

    /// Stop budget 2 s: quit 1.5 s, kill 1 s before the end.
    private static final LeaseTiming TIMING =
            new LeaseTiming(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(2));

    private static final long LOOK_EVERY_MILLIS = 50;

    private final List<Verdict> strikes = new ArrayList<>();
    private final WriteDeadline deadline = new WriteDeadline();
    private DeadmanWatch watch = DeadmanWatch.atStart(Duration.ofSeconds(3));

    @Test
    void aPrimaryUnderAGoodLeaseIsLeftAlone() {
        leaseUntil(5_000);
        lookFrom(0, 3_450);
        assertThat(strikes).isEmpty();
    }

    @Test
    void quitComesOnceAndKillComesAgainAndAgainBeforeTheDeadline() {
        leaseUntil(5_000);
        lookFrom(0, 3_950);
        assertThat(strikes).containsExactly(Verdict.QUIT);
        lookFrom(4_000, 4_500);
        assertThat(strikes.subList(1, strikes.size())).hasSize(11).containsOnly(Verdict.KILL);
    }

    @Test
    void aRenewalInTimeCallsTheQuitOff() {
        leaseUntil(5_000);
        lookFrom(0, 3_450);
        leaseUntil(8_000);
        lookFrom(3_500, 6_400);
        assertThat(strikes).isEmpty();
    }

    @Test
    void aQuitThatWasCalledOffMayComeAgain() {
        leaseUntil(5_000);
        lookFrom(0, 3_500);
        leaseUntil(8_000);
        lookFrom(3_550, 6_500);
        assertThat(strikes).containsExactly(Verdict.QUIT, Verdict.QUIT);
    }

    @Test
    void aPrimaryWhoseLeaseIsRevokedGetsHalfASecond() {
        leaseUntil(60_000);
        lookFrom(0, 100);
        deadline.revoke();
        lookFrom(150, 600);
        assertThat(strikes).isEmpty();
        lookFrom(650, 1_600);
        assertThat(strikes).containsExactly(Verdict.QUIT);
        lookFrom(1_650, 1_650);
        assertThat(strikes).containsExactly(Verdict.QUIT, Verdict.KILL);
    }

    @Test
    void aLossThatIsSeenAfterTheDeadlineGetsNoGrace() {
        leaseUntil(5_000);
        lookFrom(0, 100);
        deadline.revoke();
        lookFrom(9_000, 9_000);
        assertThat(strikes).containsExactly(Verdict.KILL);
    }

    @Test
    void anAdoptedPrimaryGetsItsGraceAtTheStart() {
        lookFrom(0, 2_950);
        assertThat(strikes).isEmpty();
        lookFrom(3_000, 3_000);
        assertThat(strikes).containsExactly(Verdict.QUIT);
    }

    @Test
    void theGraceOfAPrimaryThatComesBackBeginsAnew() {
        leaseUntil(60_000);
        lookFrom(0, 100);
        deadline.revoke();
        lookFrom(150, 600);
        watch = watch.noPrimary();
        lookFrom(650, 1_100);
        assertThat(strikes).isEmpty();
    }

    @Test
    void afterAPauseTheGraceBeginsAnew() {
        leaseUntil(5_000);
        lookFrom(0, 100);
        watch = watch.paused();
        deadline.revoke();
        lookFrom(20_050, 20_450);
        assertThat(strikes).isEmpty();
    }

    private void leaseUntil(long millis) {
        deadline.extend(at(millis), TIMING);
    }

    private void lookFrom(long firstMillis, long lastMillis) {
        for (long millis = firstMillis; millis <= lastMillis; millis += LOOK_EVERY_MILLIS) {
            DeadmanWatch.Look look = watch.primary(at(millis), deadline.current());
            watch = look.next();
            if (look.verdict() != Verdict.LET_RUN) {
                strikes.add(look.verdict());
            }
        }
    }

    private static Monotonic at(long millis) {
        return new Monotonic(Duration.ofMillis(millis).toNanos());
    }
}
