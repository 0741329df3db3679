package io.tamada.agent.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.settings.LogSettings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineLayoutTest {

    private static LogRecord record() {
        LogRecord record = new LogRecord(Level.WARNING, "unused");
        record.setLoggerName("io.tamada.agent.Main");
        record.setInstant(Instant.parse("2026-01-02T03:04:05.678901Z"));
        return record;
    }

    private static String line(
            LogSettings.Type type,
            String pattern,
            List<LogSettings.Field> fields,
            @Nullable String dateFormat) {
        LogSettings settings =
                new LogSettings(
                        type,
                        LogSettings.Level.INFO,
                        LogSettings.Level.ERROR,
                        pattern,
                        fields,
                        dateFormat,
                        10,
                        null,
                        null,
                        4,
                        1000,
                        Map.of(),
                        Map.of("app", "tamada"));
        return new LineLayout(settings).line(record(), "it's \"here\"", "main");
    }

    @Test
    void theDefaultIsPatronisLayout() {
        String line = line(LogSettings.Type.PLAIN, LogSettings.DEFAULT_PATTERN, List.of(), null);

        assertThat(line).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:04:05,678 WARNING: it's \"here\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    %(levelname)-9s.%(message)s | WARNING  .it's "here"
                    %(levelname)9s %% %(levelno)d | WARNING % 30
                    %(name)s %(module)s %(threadName)s | io.tamada.agent.Main Main main
                    %(msecs)05d %(created)f | 00678 1767323045.678
                    %(unknown)s- %(message | - %(message
                    $1 \\ %(levelname)s | $1 \\ WARNING
                    """)
    void placesArePythons(String pattern, String expected) {
        assertThat(line(LogSettings.Type.PLAIN, pattern, List.of(), null).strip())
                .isEqualTo(expected.strip());
    }

    @ParameterizedTest
    @CsvSource({
        "%Y-%m-%d, 2026-01-02",
        "%d/%b/%y, 02/Jan/26",
        "%a %j, Fri 002",
        "%M:%S.%f, 04:05.678901",
        "100%%, 100%",
        "%Q, %Q"
    })
    void datesAreStrftimes(String format, String expected) {
        assertThat(line(LogSettings.Type.PLAIN, "%(asctime)s", List.of(), format))
                .isEqualTo(expected);
    }

    @Test
    void aJsonLineHasItsFieldsInOrderUnderTheirNewNames() {
        List<LogSettings.Field> fields =
                List.of(
                        new LogSettings.Field("message", "message"),
                        new LogSettings.Field("levelname", "level"));

        assertThat(line(LogSettings.Type.JSON, "", fields, null))
                .isEqualTo(
                        "{\"message\":\"it's \\\"here\\\"\",\"level\":\"WARNING\","
                                + "\"app\":\"tamada\"}");
    }
}
