package io.tamada.agent.settings;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The agent's own log: `log` in the file.
///
/// @param pattern the line's layout with Python's `%(name)s` places; for JSON only its fields
///     count.
/// @param jsonFields what a JSON line holds, in order.
/// @param dateFormat for strftime; null means `2026-01-02 03:04:05,678`.
/// @param maximumQueued records that may wait for a slow disk before further ones are lost.
/// @param directory where `patroni.log` is written; null means standard error.
/// @param fileMode permission bits of the file; null leaves them to the umask.
/// @param loggers levels for single loggers by name.
/// @param staticFields added to every JSON line.
public record LogSettings(
        Type type,
        Level level,
        Level tracebackLevel,
        String pattern,
        List<Field> jsonFields,
        @Nullable String dateFormat,
        int maximumQueued,
        @Nullable Path directory,
        @Nullable Integer fileMode,
        int fileNumber,
        long fileSizeBytes,
        Map<String, Level> loggers,
        Map<String, Object> staticFields) {

    public static final String DEFAULT_PATTERN = "%(asctime)s %(levelname)s: %(message)s";

    public static final LogSettings DEFAULTS =
            new LogSettings(
                    Type.PLAIN,
                    Level.INFO,
                    Level.ERROR,
                    DEFAULT_PATTERN,
                    List.of(
                            new Field("asctime", "asctime"),
                            new Field("levelname", "levelname"),
                            new Field("message", "message")),
                    null,
                    1000,
                    null,
                    null,
                    4,
                    25_000_000,
                    Map.of(),
                    Map.of());

    /// The shape of a line.
    public enum Type {
        PLAIN,
        JSON
    }

    /// Python's levels, which the file names.
    public enum Level {
        DEBUG,
        INFO,
        WARNING,
        ERROR,
        CRITICAL
    }

    /// A field of a record and the key it gets in a JSON line.
    public record Field(String name, String key) {}

    public LogSettings {
        jsonFields = List.copyOf(jsonFields);
        loggers = Collections.unmodifiableMap(new LinkedHashMap<>(loggers));
        staticFields = Collections.unmodifiableMap(new LinkedHashMap<>(staticFields));
    }
}
