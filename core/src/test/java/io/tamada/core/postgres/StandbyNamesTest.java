package io.tamada.core.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StandbyNamesTest {

    @Test
    void oneNameAllOfThemAndSomeOfThemHaveTheirForms() {
        assertThat(StandbyNames.NONE.text()).isEmpty();
        assertThat(StandbyNames.all(List.of("b")).text()).isEqualTo("\"b\"");
        assertThat(StandbyNames.all(List.of("c", "b")).text()).isEqualTo("2 (\"b\",\"c\")");
        assertThat(new StandbyNames(1, List.of("b", "c")).text()).isEqualTo("ANY 1 (\"b\",\"c\")");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "b;1;b",
                "\"b\";1;b",
                "b, C;1;b,c",
                "2 (b,\"c\");2;b,c",
                "FIRST 2 (b, c , d);2;b,c,d",
                "any 1 (\"a-1\",\"A-2\");1;a-1,a-2",
                "ANY 1 (first, any);1;any,first",
                "*;1;*"
            })
    void whatServersHaveInForceIsRead(String text, int count, String names) {
        assertThat(StandbyNames.parse(text))
                .isEqualTo(new StandbyNames(count, List.of(names.split(",", -1))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"b c", "2 (b", "\"b", "a,,b", "ANY 1 (b))"})
    void whatCannotBeReadMayMeanAnybody(String text) {
        assertThat(StandbyNames.parse(text).includeAnybody()).isTrue();
    }

    @Test
    void aNameWithAQuoteSurvivesTheWayThere() {
        StandbyNames odd = StandbyNames.all(List.of("a\"b", "c,d (e)"));
        assertThat(StandbyNames.parse(odd.text())).isEqualTo(odd);
    }

    @Test
    void anyoneIsPatronisAsterisk() {
        assertThat(StandbyNames.ANYONE.text()).isEqualTo("*");
        assertThat(StandbyNames.ANYONE).isEqualTo(StandbyNames.parse("ANY 1 (*)"));
        assertThat(StandbyNames.ANYONE.includeAnybody()).isTrue();
    }

    @Test
    void nobodyCanHaveTheNameThatBlocks() {
        assertThat(StandbyNames.BLOCKED.real()).isEmpty();
        assertThat(StandbyNames.parse(StandbyNames.BLOCKED.text())).isEqualTo(StandbyNames.BLOCKED);
        assertThat(StandbyNames.isUsable("no_synchronous_standby")).isFalse();
        assertThat(StandbyNames.isUsable("*")).isFalse();
        assertThat(StandbyNames.isUsable("node-1")).isTrue();
    }
}
