package io.tamada.rest.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionLimitsTest {

    @ParameterizedTest
    @CsvSource({"1048576, 2000", "2256, 2000", "2255, 1999", "1024, 768", "200, 16"})
    void descriptorsAreLeftToTheRestOfTheAgent(long descriptors, int connections) {
        ConnectionLimits limits = ConnectionLimits.PLAIN.within(descriptors);
        assertThat(limits.connections()).isEqualTo(connections);
        assertThat(limits.idle()).isEqualTo(ConnectionLimits.PLAIN.idle());
    }

    @Test
    void theLimitOfThisProcessIsKnown() {
        assertThat(ConnectionLimits.descriptors()).isBetween(32L, Long.MAX_VALUE - 1);
    }
}
