package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GatedHbaTest {

    private static final List<String> ROLES = List.of("postgres", "replicator");

    @Test
    void linesForEverybodyAreForTheAgentsOnly() {
        assertThat(GatedHba.of("# comment\nlocal all all peer map=x\n", ROLES))
                .isEqualTo("local all \"postgres\",\"replicator\" peer map=x\n");
    }

    @Test
    void aRoleOfOursKeepsItsLineAndOthersLoseTheirs() {
        String hba =
                """
                host replication replicator 10.0.0.0/8 scram-sha-256
                host app webapp,"postgres" 0.0.0.0/0 md5
                hostssl all webapp 0.0.0.0 0.0.0.0 md5
                host all all 10.9.9.9/32 reject
                """;
        assertThat(GatedHba.of(hba, ROLES))
                .isEqualTo(
                        """
                        host replication "replicator" 10.0.0.0/8 scram-sha-256
                        host app "postgres" 0.0.0.0/0 md5
                        host all "postgres","replicator" 10.9.9.9/32 reject
                        """);
    }

    @Test
    void whoCannotBeToldIsNotLetIn() {
        String hba =
                """
                host all +admins 0.0.0.0/0 md5
                host all /^w 0.0.0.0/0 md5
                host all @users 0.0.0.0/0 md5
                host all "all" 0.0.0.0/0 md5
                include other.conf
                """;
        assertThat(GatedHba.of(hba, ROLES)).isEmpty();
    }

    @Test
    void aLineMayGoOnInTheNextAndAListBehindACommaAndAName() {
        assertThat(GatedHba.of("host all \\\n  web, postgres 0.0.0.0/0 md5", ROLES))
                .isEqualTo("host all \"postgres\" 0.0.0.0/0 md5\n");
        assertThat(GatedHba.of("host \"my db\" \"web app\",postgres 0.0.0.0/0 md5", ROLES))
                .isEqualTo("host \"my db\" \"postgres\" 0.0.0.0/0 md5\n");
    }
}
