package io.tamada.agent.cli;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// When something is to happen, as people write it.
final class Moment {

    private static final DateTimeFormatter ZONED =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
                    .appendPattern("[XXX][XX][X]")
                    .toFormatter();

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSS");

    private Moment() {}

    /// In ISO 8601 with a zone.
    ///
    /// @param zone of a time that names none.
    /// @return null for now.
    static @Nullable String parse(@Nullable String text, ZoneId zone) throws StoreOptions.Failure {
        if (text == null || text.isBlank() || text.strip().equals("now")) {
            return null;
        }
        String iso = text.strip().replaceFirst("\\s+(?=[+-]\\d|Z$)", "").replaceFirst("\\s+", "T");
        // An hour of one digit, as in -3.
        iso = iso.replaceFirst("(?<=[0-9])([+-])(\\d)$", "$10$2");
        try {
            return written(OffsetDateTime.parse(iso, ZONED));
        } catch (DateTimeException _) {
            return local(iso, text, zone);
        }
    }

    private static String local(String iso, String text, ZoneId zone) throws StoreOptions.Failure {
        try {
            return written(LocalDateTime.parse(iso).atZone(zone).toOffsetDateTime());
        } catch (DateTimeException _) {
            throw new StoreOptions.Failure(
                    1,
                    ("Unable to parse scheduled timestamp (%s). It should be in an unambiguous"
                                    + " format (e.g. ISO 8601)")
                            .formatted(text));
        }
    }

    static String written(OffsetDateTime time) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx").format(time);
    }

    /// To the millisecond; what is no time stays as it is.
    static String shortened(String time) {
        try {
            return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                    OffsetDateTime.parse(time).truncatedTo(ChronoUnit.MILLIS));
        } catch (DateTimeException _) {
            return time;
        }
    }

    /// Whether one time with a zone is before another; false when either is no time.
    static boolean isBefore(String time, String other) {
        try {
            return OffsetDateTime.parse(time).isBefore(OffsetDateTime.parse(other));
        } catch (DateTimeException _) {
            return false;
        }
    }

    /// What a question shows as an example.
    static String inAnHour() {
        return LocalDateTime.now(ZoneId.systemDefault())
                .plusHours(1)
                .truncatedTo(ChronoUnit.MINUTES)
                .toString();
    }

    /// The time in front of a line.
    static String stamp() {
        return LocalDateTime.now(ZoneId.systemDefault()).format(STAMP);
    }
}
