package io.tamada.agent.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.agent.settings.LogSettings;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes the line of a record, by a pattern with Python's places (`%(levelname)-8s`) or as JSON.
final class LineLayout {

    private static final Pattern PLACE =
            Pattern.compile("%(?:\\((\\w+)\\)([-+ 0#]*\\d*(?:\\.\\d+)?)([sdifr])|%)");
    private static final DateTimeFormatter PATRONIS_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS", Locale.ROOT);

    private final LogSettings settings;
    private final DateTimeFormatter time;
    private final ZoneId zone = ZoneId.systemDefault();
    private final String process = Long.toString(ProcessHandle.current().pid());
    private final ObjectMapper json = new ObjectMapper();

    LineLayout(LogSettings settings) {
        this.settings = settings;
        this.time =
                settings.dateFormat() == null
                        ? PATRONIS_TIME
                        : Strftime.formatter(settings.dateFormat());
    }

    /// @param message the finished text of the record, see [LogQueue].
    String line(LogRecord record, String message, String threadName) {
        return switch (settings.type()) {
            case PLAIN -> plain(record, message, threadName);
            case JSON -> json(record, message, threadName);
        };
    }

    private String plain(LogRecord record, String message, String threadName) {
        Matcher matcher = PLACE.matcher(settings.pattern());
        StringBuilder line = new StringBuilder();
        while (matcher.find()) {
            String field = matcher.group(1);
            String text =
                    field == null
                            ? "%"
                            : padded(value(field, record, message, threadName), matcher.group(2));
            matcher.appendReplacement(line, Matcher.quoteReplacement(text));
        }
        matcher.appendTail(line);
        return line.toString();
    }

    /// Python's width: digits, a leading minus for left, a leading zero for zeros.
    private static String padded(String text, String flags) {
        String digits = flags.replaceAll("[^0-9].*$|^[-+ #]+", "");
        int point = flags.indexOf('.');
        String width = (point < 0 ? flags : flags.substring(0, point)).replaceAll("[-+ #]", "");
        if (width.isEmpty() || digits.length() > 3) {
            return text;
        }
        boolean left = flags.indexOf('-') >= 0;
        boolean zeros = !left && width.startsWith("0");
        int missing = Integer.parseInt(width) - text.length();
        if (missing <= 0) {
            return text;
        }
        String pad = (zeros ? "0" : " ").repeat(missing);
        return left ? text + pad : pad + text;
    }

    private String json(LogRecord record, String message, String threadName) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (LogSettings.Field field : settings.jsonFields()) {
            fields.put(field.key(), value(field.name(), record, message, threadName));
        }
        fields.putAll(settings.staticFields());
        try {
            return json.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts cannot be written as JSON", e);
        }
    }

    private String value(String field, LogRecord record, String message, String threadName) {
        Instant instant = record.getInstant();
        return switch (field) {
            case "asctime" -> time.format(instant.atZone(zone));
            case "levelname" -> levelName(record.getLevel());
            case "levelno" -> Integer.toString(levelNumber(record.getLevel()));
            case "message" -> message;
            case "name" -> String.valueOf(record.getLoggerName());
            case "module", "filename" -> lastPart(String.valueOf(record.getLoggerName()));
            case "process" -> process;
            case "processName" -> "tamada";
            case "thread" -> Long.toString(record.getLongThreadID());
            case "threadName" -> threadName;
            case "created" -> instant.getEpochSecond() + "." + millis(instant);
            case "msecs" -> millis(instant);
            default -> "";
        };
    }

    private static String millis(Instant instant) {
        return String.format(Locale.ROOT, "%03d", Math.floorMod(instant.toEpochMilli(), 1000));
    }

    private static String lastPart(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    static String levelName(Level level) {
        int value = level.intValue();
        if (value >= Critical.LEVEL.intValue()) {
            return "CRITICAL";
        }
        if (value >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (value >= Level.WARNING.intValue()) {
            return "WARNING";
        }
        return value >= Level.CONFIG.intValue() ? "INFO" : "DEBUG";
    }

    private static int levelNumber(Level level) {
        return switch (levelName(level)) {
            case "CRITICAL" -> 50;
            case "ERROR" -> 40;
            case "WARNING" -> 30;
            case "INFO" -> 20;
            default -> 10;
        };
    }
}
