package io.tamada.rest.control;

import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// A moment as it is written where Patroni's programs read it too: like Python's `isoformat()`,
/// with microseconds where there are any and the offset in digits, for UTC as well. Older Pythons
/// read neither nanoseconds nor `Z`.
public final class WrittenMoment {

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT);
    private static final int NANOS_IN_MICROSECOND = 1_000;

    private WrittenMoment() {}

    public static String of(OffsetDateTime at) {
        boolean whole = at.getNano() < NANOS_IN_MICROSECOND;
        return (whole ? SECONDS : MICROSECONDS).format(at);
    }
}
