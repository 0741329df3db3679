package io.tamada.agent.run;

import io.tamada.agent.os.PosixClock;
import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import io.tamada.rest.control.WrittenMoment;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// CLOCK_BOOTTIME for decisions, the wall clock for people and what they have scheduled.
public final class SystemClock implements TimeSource {

    private final PosixClock boottime = new PosixClock();

    @Override
    public Monotonic now() {
        return boottime.now();
    }

    @Override
    public Duration untilWall(long epochMillis) {
        return Duration.ofMillis(epochMillis - System.currentTimeMillis());
    }

    @Override
    public String wallTime() {
        return WrittenMoment.of(OffsetDateTime.now(ZoneOffset.UTC));
    }
}
