package io.tamada.rest.control;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/// What somebody has written down as a moment.
sealed interface Schedule {

    record At(OffsetDateTime time) implements Schedule {}

    /// It cannot be used.
    record Refused(Reply reply) implements Schedule {}

    DateTimeFormatter LOCAL =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE)
                    .optionalStart()
                    .appendLiteral('T')
                    .append(DateTimeFormatter.ISO_LOCAL_TIME)
                    .optionalEnd()
                    .toFormatter();

    DateTimeFormatter ZONED =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
                    .appendPattern("[XXX][XX][X]")
                    .toFormatter();

    /// @param text `now` is as good as no time.
    /// @param action what is to happen then, for the texts.
    static Schedule parse(String text, String action, Instant now) {
        String iso = text.strip().replace(' ', 'T');
        // A zone behind a blank, and a space for a plus sign that a form has lost.
        iso = iso.replaceFirst("T([+-]\\d{2}(:?\\d{2})?|Z)$", "$1");
        OffsetDateTime at;
        try {
            at = OffsetDateTime.parse(iso, ZONED);
        } catch (DateTimeException noZone) {
            return refused(iso, action);
        }
        return at.toInstant().isBefore(now)
                ? new Refused(Reply.sentence(422, "Cannot schedule " + action + " in the past"))
                : new At(at);
    }

    private static Schedule refused(String iso, String action) {
        try {
            LocalDateTime _ = LOCAL.parse(iso, LocalDateTime::from);
            return new Refused(
                    Reply.sentence(
                            400, "Timezone information is mandatory for the scheduled " + action));
        } catch (DateTimeException _) {
            return new Refused(
                    Reply.sentence(
                            422,
                            "Unable to parse scheduled timestamp. It should be in an unambiguous"
                                    + " format, e.g. ISO 8601"));
        }
    }
}
