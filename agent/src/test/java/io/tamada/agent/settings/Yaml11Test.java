package io.tamada.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Yaml11Test {

    @ParameterizedTest
    @ValueSource(strings = {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
    void theWordsForTrue(String text) {
        assertThat(Yaml11.resolve(text)).isEqualTo(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no", "No", "NO", "false", "off", "Off", "OFF"})
    void theWordsForFalse(String text) {
        assertThat(Yaml11.resolve(text)).isEqualTo(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "~", "null", "Null", "NULL"})
    void theWordsForNothing(String text) {
        assertThat(Yaml11.resolve(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "12, 12",
        "-7, -7",
        "+7, 7",
        "0600, 384",
        "0x1F, 31",
        "0b101, 5",
        "1_000, 1000",
        "1:30, 90",
        "1:00:00, 3600"
    })
    void integers(String text, long value) {
        assertThat(Yaml11.resolve(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({"0.9, 0.9", "1., 1.0", ".5, 0.5", "1.5e+3, 1500"})
    void decimals(String text, double value) {
        assertThat(Yaml11.resolve(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"oN", "yEs", "y", "n", "1e3", "0o600", "08", "09", "128MB", "1.2.3", "a"})
    void everythingElseIsText(String text) {
        assertThat(Yaml11.resolve(text)).isEqualTo(text);
    }

    @Test
    void aNumberThatNoLongHolds() {
        assertThat(Yaml11.resolve("99999999999999999999"))
                .isEqualTo(new BigInteger("99999999999999999999"));
    }
}
