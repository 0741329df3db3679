package io.tamada.rest.control;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Times as PostgreSQL and Patroni write them: a number, in seconds unless a unit follows.
public final class Durations {

    private static final Pattern TIME =
            Pattern.compile("\\s*([0-9]{1,9}(?:\\.[0-9]{1,6})?)\\s*(us|ms|s|min|h|d)?\\s*");

    private Durations() {}

    public static @Nullable Duration parse(String text) {
        Matcher matcher = TIME.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return null;
        }
        double number = Double.parseDouble(matcher.group(1));
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        double nanos =
                switch (unit) {
                    case "us" -> 1e3;
                    case "ms" -> 1e6;
                    case "min" -> 60e9;
                    case "h" -> 3600e9;
                    case "d" -> 86_400e9;
                    default -> 1e9;
                };
        return Duration.ofNanos((long) (number * nanos));
    }
}
