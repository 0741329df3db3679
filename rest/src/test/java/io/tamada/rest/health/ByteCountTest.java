package io.tamada.rest.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteCountTest {

    @ParameterizedTest
    @CsvSource({
        "1048576, 1048576",
        "0, 0",
        "16B, 16",
        "16kB, 16384",
        "64MB, 67108864",
        "' 1 GB ', 1073741824",
        "2TB, 2199023255552",
        "1.5kB, 1536",
        "-1, -1",
        "999999999TB, 9223372036854775807"
    })
    void unitsAreThoseOfPostgres(String text, long bytes) {
        assertThat(ByteCount.parse(text)).isEqualTo(OptionalLong.of(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MB", "10M", "10mb", "ten", "1.2.3", "--1", "5 minutes"})
    void anythingElseIsNoAmount(String text) {
        assertThat(ByteCount.parse(text)).isEmpty();
    }
}
