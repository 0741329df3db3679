package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads single settings out of one JSON object, with their defaults. Like PostgreSQL and
/// Patroni, it takes numbers written as text, with a unit or without.
final class Settings {

    private static final Pattern NUMBER =
            Pattern.compile("\\s*(-?[0-9]+(?:\\.[0-9]+)?)\\s*(\\S*)\\s*");

    /// No setting is longer than this: beyond it arithmetic on durations would overflow.
    private static final long LONGEST_MILLIS = Duration.ofDays(10_000).toMillis();

    /// Enough for a sentence in a table.
    private static final int LONGEST_TEXT = 200;

    private final ObjectNode json;
    private final String document;
    private final String path;
    private final Warnings warnings;

    Settings(ObjectNode json, String document, Warnings warnings) {
        this(json, document, "", warnings);
    }

    Settings(ObjectNode json, String document, String path, Warnings warnings) {
        this.json = json;
        this.document = document;
        this.path = path;
        this.warnings = warnings;
    }

    /// The name under which the setting is there: the old one only where the new one is not.
    String present(String key, String oldKey) {
        return !json.has(key) && json.has(oldKey) ? oldKey : key;
    }

    boolean truth(String key, boolean absent) {
        JsonNode node = json.get(key);
        if (node == null || node.isNull()) {
            return absent;
        }
        Boolean value = Json.truth(node);
        if (value == null) {
            say(key, node, "true or false", String.valueOf(absent));
            return absent;
        }
        return value;
    }

    Duration positiveSeconds(String key, Duration absent) {
        return time(key, absent, 1, "a number of seconds above zero");
    }

    Duration seconds(String key, Duration absent) {
        return time(key, absent, 0, "a number of seconds");
    }

    private Duration time(String key, Duration absent, long leastMillis, String expected) {
        JsonNode node = json.get(key);
        if (node == null || node.isNull()) {
            return absent;
        }
        Long millis = quantity(node, "s");
        if (millis == null || millis < leastMillis || millis > LONGEST_MILLIS) {
            say(key, node, expected, absent.toSeconds() + " s");
            return absent;
        }
        return Duration.ofMillis(millis);
    }

    long bytes(String key, long absent) {
        return bytes(key, absent, "a number of bytes", String.valueOf(absent));
    }

    long bytes(String key, long absent, String expected, String instead) {
        JsonNode node = json.get(key);
        if (node == null || node.isNull()) {
            return absent;
        }
        Long bytes = quantity(node, "B");
        if (bytes == null || bytes < 0) {
            say(key, node, expected, instead);
            return absent;
        }
        return bytes;
    }

    /// As {@link #bytes}; a value below zero is one that asks for no bound.
    long bytesOrNone(String key, long absent) {
        JsonNode node = json.get(key);
        if (node == null || node.isNull()) {
            return absent;
        }
        Long bytes = quantity(node, "B");
        if (bytes == null) {
            say(key, node, "a number of bytes", String.valueOf(absent));
            return absent;
        }
        return Math.max(-1, bytes);
    }

    int count(String key, int absent) {
        JsonNode node = json.get(key);
        if (node == null || node.isNull()) {
            return absent;
        }
        Long count = Json.whole(node);
        if (count == null || count < 0 || count > Integer.MAX_VALUE) {
            say(key, node, "a whole number", String.valueOf(absent));
            return absent;
        }
        return count.intValue();
    }

    /// One line of text; null when there is none.
    @Nullable String text(String key) {
        JsonNode node = json.get(key);
        if (node == null || node.isNull()) {
            return null;
        }
        if (node.isContainerNode()) {
            say(key, node, "a text", "none");
            return null;
        }
        String text = node.asText().replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        if (text.length() > LONGEST_TEXT) {
            text = text.substring(0, LONGEST_TEXT) + "...";
        }
        return text.isEmpty() ? null : text;
    }

    /// As it is written; null when there is none.
    @Nullable String moment(String key) {
        JsonNode node = json.get(key);
        if (node == null || node.isNull()) {
            return null;
        }
        try {
            OffsetDateTime.parse(node.asText());
            return node.asText();
        } catch (DateTimeParseException _) {
            say(key, node, "a time in ISO 8601 with a zone", "none");
            return null;
        }
    }

    /// Milliseconds, or bytes; null when the value is neither a number nor a number with a unit.
    private static @Nullable Long quantity(JsonNode node, String unitless) {
        if (!node.isNumber() && !node.isTextual()) {
            return null;
        }
        Matcher matcher = NUMBER.matcher(node.asText());
        if (!matcher.matches() || matcher.group(1).length() > 18) {
            return null;
        }
        String unit = matcher.group(2).isEmpty() ? unitless : matcher.group(2);
        Long factor = unitless.equals("s") ? timeFactor(unit) : memoryFactor(unit);
        if (factor == null) {
            return null;
        }
        try {
            return new BigDecimal(matcher.group(1))
                    .multiply(BigDecimal.valueOf(factor))
                    .toBigInteger()
                    .longValueExact();
        } catch (ArithmeticException _) {
            return null;
        }
    }

    private static @Nullable Long timeFactor(String unit) {
        return switch (unit) {
            case "ms" -> 1L;
            case "s" -> 1_000L;
            case "min" -> 60_000L;
            case "h" -> 3_600_000L;
            case "d" -> 86_400_000L;
            default -> null;
        };
    }

    private static @Nullable Long memoryFactor(String unit) {
        return switch (unit) {
            case "B" -> 1L;
            case "kB" -> 1L << 10;
            case "MB" -> 1L << 20;
            case "GB" -> 1L << 30;
            case "TB" -> 1L << 40;
            default -> null;
        };
    }

    private void say(String key, JsonNode found, String expected, String instead) {
        say(warnings, document, path + key, found, expected, instead);
    }

    static void say(
            Warnings warnings,
            String document,
            String key,
            JsonNode found,
            String expected,
            String instead) {
        warnings.wrong(document, key, Json.text(found), expected, instead);
    }
}
