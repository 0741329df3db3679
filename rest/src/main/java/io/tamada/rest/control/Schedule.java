package io.tamada.rest.control;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;

/// A moment that somebody has written down.
///
/// @param at null when it cannot be used; then `refusal` says why.
record Schedule(@Nullable OffsetDateTime at, @Nullable Reply refusal) {

    private static final DateTimeFormatter LOCAL =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE)
                    .optionalStart()
                    .appendLiteral('T')
                    .append(DateTimeFormatter.ISO_LOCAL_TIME)
                    .optionalEnd()
                    .toFormatter();

    private static final DateTimeFormatter ZONED =
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
                ? new Schedule(
                        null, Reply.sentence(422, "Cannot schedule " + action + " in the past"))
                : new Schedule(at, null);
    }

    private static Schedule refused(String iso, String action) {
        try {
            LocalDateTime _ = LOCAL.parse(iso, LocalDateTime::from);
            return new Schedule(
                    null,
                    Reply.sentence(
                            400, "Timezone information is mandatory for the scheduled " + action));
        } catch (DateTimeException _) {
            return new Schedule(
                    null,
                    Reply.sentence(
                            422,
                            "Unable to parse scheduled timestamp. It should be in an unambiguous"
                                    + " format, e.g. ISO 8601"));
        }
    }
}
