package io.tamada.agent.fencing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.port.Fencing.Armed;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FencingLadderTest {

    private static final WriteDeadline.Term TERM =
            new WriteDeadline.Term(
                    new Monotonic(Duration.ofSeconds(30).toNanos()),
                    new LeaseTiming(
                            Duration.ofSeconds(30),
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(10)));

    private final FakeDevice device = new FakeDevice();

    private FencingLadder withWatchdog(Mode mode) {
        return new FencingLadder(null, new LinuxWatchdog(mode, 5, device, () -> new Monotonic(0)));
    }

    @Test
    void whereNothingIsWantedNothingIsMissing() {
        FencingLadder ladder = new FencingLadder(null, null);
        assertThat(ladder.observe()).isEqualTo(FencingStatus.OFF);
        assertThat(ladder.arm(TERM)).isEqualTo(new Armed.Confirmed());
        assertThat(ladder.disarm()).isTrue();
    }

    @Test
    void aRungThatIsMissingIsToldAndOneThatIsRequiredRefuses() {
        device.unusable = "no such device";
        assertThat(withWatchdog(Mode.AUTOMATIC).arm(TERM))
                .isEqualTo(new Armed.Incomplete("watchdog: no such device"));
        assertThat(withWatchdog(Mode.REQUIRED).arm(TERM))
                .isEqualTo(new Armed.Refused("watchdog: no such device"));
    }

    @Test
    void disarmingStopsTheWatchdog() {
        FencingLadder ladder = withWatchdog(Mode.REQUIRED);
        assertThat(ladder.arm(TERM)).isEqualTo(new Armed.Confirmed());
        assertThat(ladder.disarm()).isTrue();
        assertThat(device.told).containsExactly("open", "timeout 25", "stop");
    }
}
