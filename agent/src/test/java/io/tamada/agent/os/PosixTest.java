package io.tamada.agent.os;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.time.Monotonic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PosixTest {

    @Test
    void anExitIsSeenInTheInstantOfTheSignal() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        try (PosixPidfd descriptor = Objects.requireNonNull(PosixPidfd.open(sleeper.pid()))) {
            assertThat(descriptor.awaitExit(Duration.ofMillis(1))).isFalse();
            assertThat(PosixKill.signal(sleeper.pid(), PosixKill.SIGTERM))
                    .isEqualTo(PosixKill.Sent.DELIVERED);
            assertThat(descriptor.awaitExit(Duration.ofSeconds(5))).isTrue();
        }
        assertThat(sleeper.waitFor()).isEqualTo(128 + PosixKill.SIGTERM);
        assertThat(PosixKill.signal(sleeper.pid(), PosixKill.SIGTERM))
                .isEqualTo(PosixKill.Sent.NO_SUCH_PROCESS);
        assertThat(PosixPidfd.open(sleeper.pid())).isNull();
    }

    @Test
    void theClockIsTheKernelsBootTime() throws Exception {
        PosixClock clock = new PosixClock();
        Monotonic before = clock.now();
        String uptime = Files.readString(Path.of("/proc/uptime"));
        double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
        assertThat(before.nanos() / 1e9).isBetween(seconds - 5, seconds + 5);
        assertThat(clock.now().isAtOrAfter(before)).isTrue();
    }
}
