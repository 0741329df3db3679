package io.tamada.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.rest.control.WrittenMoment;
import java.time.OffsetDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrittenMomentTest {

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z, 2026-01-02T03:04:05+00:00",
        "2026-01-02T03:04:05.000000999Z, 2026-01-02T03:04:05+00:00",
        "2026-01-02T03:04:05.000001Z, 2026-01-02T03:04:05.000001+00:00",
        "2026-01-02T03:04:05.5+05:30, 2026-01-02T03:04:05.500000+05:30",
        "2026-01-02T03:04:05.123456789-03:00, 2026-01-02T03:04:05.123456-03:00"
    })
    void aMomentIsWrittenAsPythonWritesIt(String moment, String written) {
        assertThat(WrittenMoment.of(OffsetDateTime.parse(moment))).isEqualTo(written);
    }
}
