package io.tamada.core.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    @ParameterizedTest
    @ValueSource(strings = {"0/0", "0/3000060", "16/B374D848", "FFFFFFFF/FFFFFFFF"})
    void postgresNotationIsReadAndWrittenAlike(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "1/", "/1", "1", "x/1", "1/100000000", "-1/0", "1/2/3"})
    void whatIsNoPositionIsRefusedByName(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Lsn.parse(text))
                .withMessageContaining("'%s'".formatted(text));
    }

    @Test
    void theHighHalfOfTheRangeComesAfterTheLowOne() {
        Lsn high = Lsn.parse("80000000/0");
        assertThat(high.isAfter(Lsn.parse("7FFFFFFF/FFFFFFFF"))).isTrue();
        assertThat(Lsn.ZERO.isBefore(high)).isTrue();
        assertThat(Lsn.max(high, Lsn.ZERO)).isEqualTo(high);
    }

    @Test
    void distanceIsInBytesAndSigned() {
        assertThat(Lsn.parse("1/10").bytesSince(Lsn.parse("0/FFFFFFFF"))).isEqualTo(17);
        assertThat(Lsn.parse("0/1").bytesSince(Lsn.parse("0/3"))).isEqualTo(-2);
    }
}
