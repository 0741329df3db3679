package io.tamada.rest.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

    private static Target parse(String uri) {
        return Objects.requireNonNull(Target.parse(uri), uri);
    }

    @Test
    void parametersAreDecodedAndTheFirstOfANameCounts() {
        Target target = parse("/replica?lag=10%20MB&tag_a+b=x%26y&lag=1&empty=&novalue");
        assertThat(target.path()).isEqualTo("/replica");
        assertThat(target.query())
                .containsOnlyKeys("lag", "tag_a b")
                .containsEntry("lag", "10 MB")
                .containsEntry("tag_a b", "x&y");
    }

    @Test
    void anAbsoluteTargetAndAFragmentLeaveThePath() {
        assertThat(parse("http://10.0.0.1:8008/primary?x=1#y").path()).isEqualTo("/primary");
        assertThat(parse("*").path()).isEqualTo("/");
        assertThat(parse("/prim%61ry").path()).isEqualTo("/primary");
        assertThat(parse("/a+b%20").path()).isEqualTo("/a+b ");
    }

    @Test
    void aBrokenEscapeIsNoTarget() {
        assertThat(Target.parse("/replica?lag=%zz")).isNull();
        assertThat(Target.parse("/%9")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"/primary/", "/master", "/read-write", "/", "/standby_leader", "/synchronous"})
    void everyPathOfTheContractLeadsSomewhere(String path) {
        assertThat(Route.of(path)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/x-primary-y", "/primary//", "//", "", "/primary/x", "/Primary", "/mpp"})
    void pathsAreMatchedWhole(String path) {
        assertThat(Route.of(path)).isNull();
    }

    @Test
    void aRouteNamesItsVerbs() {
        assertThat(Objects.requireNonNull(Route.of("/config")).allowed())
                .isEqualTo("GET, HEAD, OPTIONS, PATCH, PUT");
        assertThat(Objects.requireNonNull(Route.of("/switchover")).allowed())
                .isEqualTo("POST, DELETE");
    }
}
