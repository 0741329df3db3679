package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class VersionCommandTest {

    private static String versions(String status) throws Exception {
        return VersionCommand.versions(new ObjectMapper().readTree(status));
    }

    @Test
    void theVersionsOfAMemberStandInPatronisOrder() throws Exception {
        assertThat(versions("{\"patroni\":{\"version\":\"4.0.7\"},\"server_version\":150018}"))
                .isEqualTo("Patroni 4.0.7 PostgreSQL 15.18");
        assertThat(versions("{\"patroni\":{\"version\":\"3.0\"},\"server_version\":90624}"))
                .isEqualTo("Patroni 3.0 PostgreSQL 9.6.24");
        assertThat(
                        versions(
                                "{\"patroni\":{\"version\":\"4.1.0\"},\"tamada\":{\"version\":\"0.1\"}}"))
                .isEqualTo("Patroni 4.1.0 (Tamada 0.1)");
    }
}
