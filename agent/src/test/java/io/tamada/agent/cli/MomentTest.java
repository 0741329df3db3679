package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MomentTest {

    private static @Nullable String parse(@Nullable String text) throws StoreOptions.Failure {
        return Moment.parse(text, ZoneId.of("+02:00"));
    }

    @Test
    void nowIsNoTime() throws Exception {
        assertThat(parse("now")).isNull();
        assertThat(parse("")).isNull();
        assertThat(parse(null)).isNull();
    }

    @Test
    void aTimeWithoutAZoneIsOfThisMachine() throws Exception {
        assertThat(parse("2030-01-02T03:04")).isEqualTo("2030-01-02T03:04:00+02:00");
        assertThat(parse("2030-01-02 03:04:05")).isEqualTo("2030-01-02T03:04:05+02:00");
    }

    @Test
    void aZoneMayBeWrittenInEachOfItsForms() throws Exception {
        for (String zone : new String[] {"-03:00", "-0300", "-03", "-3", " -03:00"}) {
            assertThat(parse("2030-01-02T03:04:05" + zone)).isEqualTo("2030-01-02T03:04:05-03:00");
        }
        assertThat(parse("2030-01-02T03:04Z")).isEqualTo("2030-01-02T03:04:00+00:00");
    }

    @Test
    void whatIsNoTimeIsRefused() {
        assertThatThrownBy(() -> parse("tomorrow"))
                .hasMessageStartingWith("Unable to parse scheduled timestamp (tomorrow).");
    }
}
