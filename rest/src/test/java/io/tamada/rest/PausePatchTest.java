package io.tamada.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.PauseNote;
import io.tamada.rest.control.Body;
import io.tamada.rest.control.ConfigPatch;
import io.tamada.rest.control.PausePatch;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PausePatchTest {

    private static ObjectNode config(String json) {
        return Objects.requireNonNull(Body.parse(json));
    }

    private static String begun(String json, PauseNote note) {
        ObjectNode config = config(json);
        ConfigPatch.apply(config, PausePatch.begin(config, note));
        return Body.write(config);
    }

    private static String ended(String json) {
        ObjectNode config = config(json);
        ConfigPatch.apply(config, PausePatch.end(config));
        return Body.write(config);
    }

    @Test
    void aPauseOfWhichNothingIsSaidIsPatronis() {
        assertThat(begun("{}", PauseNote.NONE)).isEqualTo("{\"pause\":true}");
        assertThat(ended("{\"pause\":true}")).isEqualTo("{}");
        assertThat(ended("{\"pause\":true,\"tamada\":{\"rebuild_lag\":1}}"))
                .isEqualTo("{\"tamada\":{\"rebuild_lag\":1}}");
    }

    @Test
    void whatIsSaidOfAPauseStandsUnderTamadaAndGoesWithIt() {
        String paused = begun("{\"ttl\":30}", new PauseNote("kernel", "2026-08-01T06:00:00Z"));
        assertThat(paused)
                .isEqualTo(
                        "{\"ttl\":30,\"pause\":true,\"tamada\":{\"pause_reason\":\"kernel\","
                                + "\"pause_until\":\"2026-08-01T06:00:00Z\"}}");
        assertThat(ended(paused)).isEqualTo("{\"ttl\":30}");
    }

    @Test
    void aNewPauseDoesNotEndAtTheTimeOfAnOldOne() {
        assertThat(begun("{\"tamada\":{\"pause_until\":\"2020-01-01T00:00:00Z\"}}", PauseNote.NONE))
                .isEqualTo("{\"tamada\":{},\"pause\":true}");
    }
}
