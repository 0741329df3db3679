package io.tamada.agent.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads `log`.
final class LogReader {

    private static final Pattern PLACE = Pattern.compile("%\\((\\w+)\\)");
    private static final int HIGHEST_MODE = 0777;

    private LogReader() {}

    static LogSettings read(Section section) {
        LogSettings defaults = LogSettings.DEFAULTS;
        String directory = section.text("dir");
        Format format = format(section);
        LogSettings settings =
                new LogSettings(
                        LogSettings.Type.valueOf(
                                section.choice("type", "plain", "plain", "json")
                                        .toUpperCase(Locale.ROOT)),
                        level(section, "level", defaults.level()),
                        level(section, "traceback_level", defaults.tracebackLevel()),
                        format.pattern(),
                        format.fields(),
                        dateFormat(section),
                        section.integer("max_queue_size", defaults.maximumQueued(), 1, 1_000_000),
                        directory == null || directory.isEmpty() ? null : Path.of(directory),
                        mode(section),
                        section.integer("file_num", defaults.fileNumber(), 0, 1_000),
                        section.number("file_size", defaults.fileSizeBytes(), 0, Long.MAX_VALUE),
                        loggers(section),
                        YamlValue.plainMap(section.section("static_fields").tree()));
        section.flag("deduplicate_heartbeat_logs");
        section.warnAboutTheRest();
        return settings;
    }

    private static @Nullable String dateFormat(Section section) {
        String format = section.text("dateformat");
        return format == null || format.isEmpty() ? null : format;
    }

    private static LogSettings.Level level(Section section, String name, LogSettings.Level absent) {
        String level =
                section.choice(
                        name,
                        absent.name(),
                        "DEBUG",
                        "INFO",
                        "WARNING",
                        "WARN",
                        "ERROR",
                        "CRITICAL",
                        "FATAL");
        return canonical(level);
    }

    private static LogSettings.Level canonical(String level) {
        return switch (level) {
            case "WARN" -> LogSettings.Level.WARNING;
            case "FATAL" -> LogSettings.Level.CRITICAL;
            default -> LogSettings.Level.valueOf(level);
        };
    }

    private static Map<String, LogSettings.Level> loggers(Section section) {
        Map<String, LogSettings.Level> levels = new LinkedHashMap<>();
        Section loggers = section.section("loggers");
        for (String name : loggers.names()) {
            levels.put(name, level(loggers, name, LogSettings.Level.INFO));
        }
        return levels;
    }

    /// `0644` is octal to YAML 1.1 already; in quotes it is read as octal here.
    private static @Nullable Integer mode(Section section) {
        YamlValue value = section.value("mode");
        if (value == null) {
            return null;
        }
        Integer mode = null;
        if (value instanceof YamlValue.Scalar scalar) {
            mode =
                    switch (scalar.value()) {
                        case Long number when number >= 0 && number <= HIGHEST_MODE ->
                                number.intValue();
                        case String text when text.matches("0?[0-7]{3}") ->
                                Integer.parseInt(text, 8);
                        case null, default -> null;
                    };
        }
        if (mode == null) {
            section.wrong("mode", value, "the permission bits of a file such as 0644");
        }
        return mode;
    }

    private record Format(String pattern, List<LogSettings.Field> fields) {}

    /// A text with places, or (for JSON) a list of fields, each a name or one pair name: key.
    private static Format format(Section section) {
        YamlValue value = section.value("format");
        return switch (value) {
            case null -> new Format(LogSettings.DEFAULT_PATTERN, LogSettings.DEFAULTS.jsonFields());
            case YamlValue.Scalar scalar -> {
                if (scalar.text().indexOf("%(") < 0) {
                    section.wrong("format", scalar, "places such as %(message)s");
                }
                yield new Format(scalar.text(), places(scalar.text()));
            }
            case YamlValue.Listing list ->
                    new Format(LogSettings.DEFAULT_PATTERN, fields(section, list));
            case YamlValue.Mapping mapping -> {
                section.wrong("format", mapping, "text, or a list of fields");
                yield new Format(LogSettings.DEFAULT_PATTERN, List.of());
            }
        };
    }

    private static List<LogSettings.Field> places(String pattern) {
        List<LogSettings.Field> fields = new ArrayList<>();
        Matcher matcher = PLACE.matcher(pattern);
        while (matcher.find()) {
            fields.add(new LogSettings.Field(matcher.group(1), matcher.group(1)));
        }
        return fields;
    }

    private static List<LogSettings.Field> fields(Section section, YamlValue.Listing list) {
        List<LogSettings.Field> fields = new ArrayList<>();
        for (YamlValue item : list.items()) {
            switch (item) {
                case YamlValue.Scalar(_, String name, _) ->
                        fields.add(new LogSettings.Field(name, name));
                case YamlValue.Mapping mapping -> {
                    for (Map.Entry<String, YamlValue> entry : mapping.entries().entrySet()) {
                        if (entry.getValue() instanceof YamlValue.Scalar key) {
                            fields.add(new LogSettings.Field(entry.getKey(), key.text()));
                        } else {
                            section.wrong("format", entry.getValue(), "a field's new name");
                        }
                    }
                }
                default -> section.wrong("format", item, "a field's name");
            }
        }
        return fields;
    }
}
