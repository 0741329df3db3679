package io.tamada.rest.document;

import java.time.DateTimeException;
import java.time.OffsetDateTime;

/// A timestamp as PostgreSQL prints it in ISO style, such as `2026-01-02 03:04:05.678+00`.
final class PostgresTimestamp {

    private PostgresTimestamp() {}

    /// The same instant as Patroni prints it: with minutes in the offset.
    static String patroni(String text) {
        int length = text.length();
        boolean shortOffset =
                length > 3 && (text.charAt(length - 3) == '+' || text.charAt(length - 3) == '-');
        return shortOffset && text.indexOf(':') >= 0 ? text + ":00" : text;
    }

    /// Seconds since 1970; zero when the text is no such timestamp.
    static double epochSeconds(String text) {
        try {
            OffsetDateTime at = OffsetDateTime.parse(patroni(text).replace(' ', 'T'));
            return at.toEpochSecond() + at.getNano() / 1e9;
        } catch (DateTimeException notATimestamp) {
            return 0;
        }
    }
}
