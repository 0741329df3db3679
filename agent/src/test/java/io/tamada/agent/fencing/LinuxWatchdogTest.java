package io.tamada.agent.fencing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.fencing.FencingStatus.State;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LinuxWatchdogTest {

    private static final LeaseTiming TIMING = timing(30, 10);

    private final FakeDevice device = new FakeDevice();
    private Monotonic now = at(0);

    private LinuxWatchdog watchdog(int margin) {
        return new LinuxWatchdog(Mode.AUTOMATIC, margin, device, () -> now);
    }

    private static LeaseTiming timing(int ttl, int loopWait) {
        return new LeaseTiming(
                Duration.ofSeconds(ttl), Duration.ofSeconds(loopWait), Duration.ofSeconds(1));
    }

    private static Monotonic at(long seconds) {
        return new Monotonic(Duration.ofSeconds(seconds).toNanos());
    }

    private static WriteDeadline.Term until(long seconds) {
        return new WriteDeadline.Term(at(seconds), TIMING);
    }

    @Test
    void theFirstProvenRenewalOpensItAndEveryFurtherOneFeedsIt() {
        LinuxWatchdog watchdog = watchdog(5);
        assertThat(watchdog.rung().state()).isEqualTo(State.READY);
        assertThat(watchdog.arm(until(30))).isNull();
        now = at(10);
        assertThat(watchdog.arm(until(40))).isNull();
        assertThat(device.told).containsExactly("open", "timeout 25", "alive");
        assertThat(watchdog.rung().state()).isEqualTo(State.ARMED);
    }

    @Test
    void aMarginOfMinusOneMeansHalfTheTtl() {
        watchdog(-1).arm(until(30));
        assertThat(device.told).containsExactly("open", "timeout 15");
    }

    /// It would go on counting beyond the end of the lease.
    @Test
    void aProofThatIsOlderThanTheMarginDoesNotFeedIt() {
        LinuxWatchdog watchdog = watchdog(5);
        watchdog.arm(until(30));
        now = at(15);
        assertThat(watchdog.arm(until(39))).isNull();
        assertThat(device.told).containsExactly("open", "timeout 25");
    }

    @Test
    void itIsNotOpenedByAProofThatIsTooOld() {
        now = at(6);
        assertThat(watchdog(5).arm(until(30))).contains("too late");
        assertThat(device.told).isEmpty();
    }

    @Test
    void anotherTtlSetsAnotherTimeout() {
        LinuxWatchdog watchdog = watchdog(-1);
        watchdog.arm(until(30));
        watchdog.arm(new WriteDeadline.Term(at(20), timing(20, 5)));
        assertThat(device.told).containsExactly("open", "timeout 15", "timeout 10");
    }

    @Test
    void aTtlThatPatroniDoesNotHaveKeepsHalfOfItself() {
        watchdog(5).arm(new WriteDeadline.Term(at(5), timing(5, 1)));
        assertThat(device.told).containsExactly("open", "timeout 2");
    }

    @Test
    void aTimeoutBelowTheLoopsRhythmIsRefused() {
        assertThat(watchdog(21).arm(until(30))).contains("less than loop_wait");
        assertThat(device.told).isEmpty();
    }

    @Test
    void aDeviceThatRoundsTheTimeoutUpIsStoppedAgain() {
        device.roundedUpToSeconds = 60;
        LinuxWatchdog watchdog = watchdog(5);
        assertThat(watchdog.arm(until(30))).contains("cannot be set to 25 s");
        assertThat(device.told).containsExactly("open", "timeout 25", "stop");
        assertThat(watchdog.rung().state()).isEqualTo(State.UNAVAILABLE);
    }

    @Test
    void aDeviceThatIsNotThereIsToldSinceWhen() {
        device.unusable = "/dev/watchdog does not exist";
        LinuxWatchdog watchdog = watchdog(5);
        assertThat(watchdog.rung().missingSince()).isEqualTo(at(0));
        now = at(3);
        assertThat(watchdog.rung().missingSince()).isEqualTo(at(0));
        assertThat(watchdog.rung().reason()).isEqualTo("/dev/watchdog does not exist");
        device.unusable = null;
        assertThat(watchdog.arm(until(33))).isNull();
        assertThat(watchdog.rung().missingSince()).isNull();
    }

    @Test
    void disarmingStopsIt() {
        LinuxWatchdog watchdog = watchdog(5);
        assertThat(watchdog.disarm()).isTrue();
        watchdog.arm(until(30));
        assertThat(watchdog.disarm()).isTrue();
        assertThat(device.told).containsExactly("open", "timeout 25", "stop");
        assertThat(watchdog.rung().state()).isEqualTo(State.READY);
    }

    @Test
    void aDeviceThatCannotBeStoppedIsFedInstead() {
        device.stoppable = false;
        LinuxWatchdog watchdog = watchdog(5);
        watchdog.arm(until(30));
        assertThat(watchdog.disarm()).isFalse();
        assertThat(device.told).containsExactly("open", "timeout 25", "alive");
    }
}
