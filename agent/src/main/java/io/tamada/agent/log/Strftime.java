package io.tamada.agent.log;

import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/// Turns a strftime format (as in Python's `time.strftime`) into a formatter. An unknown letter
/// stays as it is written.
final class Strftime {

    private Strftime() {}

    static DateTimeFormatter formatter(String format) {
        DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder();
        int i = 0;
        while (i < format.length()) {
            char letter = format.charAt(i++);
            if (letter == '%' && i < format.length()) {
                append(builder, format.charAt(i++));
            } else {
                builder.appendLiteral(letter);
            }
        }
        return builder.toFormatter(Locale.ROOT);
    }

    private static void append(DateTimeFormatterBuilder builder, char letter) {
        String pattern =
                switch (letter) {
                    case 'Y' -> "yyyy";
                    case 'y' -> "yy";
                    case 'm' -> "MM";
                    case 'd' -> "dd";
                    case 'e' -> "ppd";
                    case 'H' -> "HH";
                    case 'I' -> "hh";
                    case 'M' -> "mm";
                    case 'S' -> "ss";
                    case 'f' -> "SSSSSS";
                    case 'p' -> "a";
                    case 'j' -> "DDD";
                    case 'a' -> "EEE";
                    case 'A' -> "EEEE";
                    case 'b' -> "MMM";
                    case 'B' -> "MMMM";
                    case 'z' -> "xx";
                    case 'Z' -> "zzz";
                    case 'T' -> "HH:mm:ss";
                    case 'F' -> "yyyy-MM-dd";
                    default -> "";
                };
        if (!pattern.isEmpty()) {
            builder.appendPattern(pattern);
        } else if (letter == '%') {
            builder.appendLiteral('%');
        } else {
            builder.appendLiteral("%" + letter);
        }
    }
}
