package io.tamada.rest.health;

import java.util.OptionalLong;

/// An amount of bytes as PostgreSQL writes memory sizes: a number, then nothing, `B`, `kB`, `MB`,
/// `GB` or `TB` (PostgreSQL manual, "Parameter Names and Values"; the units are case-sensitive).
public final class ByteCount {

    private ByteCount() {}

    /// The number of bytes, or empty when the text is no such amount.
    public static OptionalLong parse(String text) {
        String trimmed = text.strip();
        int end = 0;
        while (end < trimmed.length() && isOfNumber(trimmed.charAt(end))) {
            end++;
        }
        long unit = unitBytes(trimmed.substring(end).strip());
        if (end == 0 || unit == 0) {
            return OptionalLong.empty();
        }
        try {
            double bytes = Double.parseDouble(trimmed.substring(0, end)) * unit;
            return bytes < Long.MAX_VALUE
                    ? OptionalLong.of(Math.round(bytes))
                    : OptionalLong.of(Long.MAX_VALUE);
        } catch (NumberFormatException notANumber) {
            return OptionalLong.empty();
        }
    }

    private static boolean isOfNumber(char c) {
        return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
    }

    private static long unitBytes(String unit) {
        return switch (unit) {
            case "", "B" -> 1;
            case "kB" -> 1L << 10;
            case "MB" -> 1L << 20;
            case "GB" -> 1L << 30;
            case "TB" -> 1L << 40;
            default -> 0;
        };
    }
}
