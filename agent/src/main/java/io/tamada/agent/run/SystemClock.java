package io.tamada.agent.run;

import io.tamada.agent.os.PosixClock;
import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

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
        // To the microsecond, as Patroni writes it in the history.
        return OffsetDateTime.now(ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.MICROS)
                .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
    }
}
