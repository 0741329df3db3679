package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectionWordsTest {

    @Test
    void wordsMayBeQuotedAndEscaped() throws Exception {
        assertThat(
                        ConnectionWords.of(
                                "host=/run port = 5433 user='a b' password='it\\'s'", Map.of()))
                .isEqualTo(
                        Map.of("host", "/run", "port", "5433", "user", "a b", "password", "it's"));
    }

    @Test
    void theOtherFormIsAUri() throws Exception {
        assertThat(
                        ConnectionWords.of(
                                "postgresql://u:p%40@[::1]:5433/base?sslmode=require", Map.of()))
                .isEqualTo(
                        Map.of(
                                "user",
                                "u",
                                "password",
                                "p@",
                                "host",
                                "::1",
                                "port",
                                "5433",
                                "dbname",
                                "base",
                                "sslmode",
                                "require"));
    }

    @Test
    void whatIsNotThereComesFromTheVariables() throws Exception {
        assertThat(ConnectionWords.of("port=1", Map.of("PGPORT", "2", "PGUSER", "u")))
                .isEqualTo(Map.of("port", "1", "user", "u"));
        assertThat(ConnectionWords.of(null, Map.of("PGHOST", "h"))).isEqualTo(Map.of("host", "h"));
    }

    @Test
    void whatIsNoConnectionStringIsRefusedWithoutBeingShown() {
        for (String wrong : new String[] {"secret", "user=u secret", "postgres://a b"}) {
            assertThatThrownBy(() -> ConnectionWords.of(wrong, Map.of()))
                    .hasMessageContaining("expected a connection string")
                    .hasMessageNotContaining("secret");
        }
    }
}
