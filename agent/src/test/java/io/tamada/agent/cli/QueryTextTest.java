package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.postgres.MemberQuery;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryTextTest {

    private final MemberQuery.Answer.Rows answer =
            new MemberQuery.Answer.Rows(
                    List.of("n", "b", "t"), List.of(Arrays.asList(1L, true, null)));

    @Test
    void scriptsGetTheWordsThatPythonWouldWrite() {
        assertThat(QueryText.of(answer, Format.TSV, "\t")).isEqualTo("n\tb\tt\n1\tTrue\tNone\n");
        assertThat(QueryText.of(answer, Format.TSV, ";")).isEqualTo("n;b;t\n1;True;None\n");
    }

    @Test
    void machinesGetTruthAndNothingAsSuch() {
        assertThat(QueryText.of(answer, Format.JSON, "\t"))
                .isEqualTo("[{\"n\": 1, \"b\": true, \"t\": null}]\n");
        assertThat(QueryText.of(answer, Format.YAML, "\t"))
                .isEqualTo("- b: true\n  n: 1\n  t: null\n");
    }

    @Test
    void whatIsNotGivenComesFromTheVariablesOfPsql() {
        Map<String, String> environment =
                Map.of("PGUSER", "u", "PGDATABASE", "d", "PGPASSWORD", "p");

        var all = MemberQuery.Login.of(null, null, null, environment);
        assertThat(all.user()).isEqualTo("u");
        assertThat(all.database()).isEqualTo("d");
        assertThat(all.password()).isEqualTo("p");
        var given = MemberQuery.Login.of("me", "secret", "base", environment);
        assertThat(given.user()).isEqualTo("me");
        assertThat(given.database()).isEqualTo("base");
        assertThat(given.password()).isEqualTo("secret");
        assertThat(MemberQuery.Login.of("me", null, null, Map.of()).database()).isEqualTo("me");
    }
}
