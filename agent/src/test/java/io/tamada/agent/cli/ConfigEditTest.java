package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.rest.control.Body;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ConfigEditTest {

    private static ObjectNode document(String json) {
        return Objects.requireNonNull(Body.parse(json));
    }

    private static String set(String json, String... pairs) throws StoreOptions.Failure {
        return Body.write(ConfigEdit.set(document(json), List.of(pairs)));
    }

    @Test
    void aPathGoesDownByItsDotsAndAValueIsYaml() throws Exception {
        assertThat(set("{}", "ttl=20", "postgresql.use_slots=off", "slots.a={type: physical}"))
                .isEqualTo(
                        "{\"ttl\":20,\"postgresql\":{\"use_slots\":false},"
                                + "\"slots\":{\"a\":{\"type\":\"physical\"}}}");
    }

    @Test
    void theNameOfAParameterMayHaveDots() throws Exception {
        assertThat(set("{}", "postgresql.parameters.auto_explain.log_analyze=true"))
                .isEqualTo("{\"postgresql\":{\"parameters\":{\"auto_explain.log_analyze\":true}}}");
    }

    @Test
    void nullOrNothingTakesASettingAwayAndItsEmptyMappingWithIt() throws Exception {
        String before = "{\"ttl\":20,\"postgresql\":{\"parameters\":{\"work_mem\":\"8MB\"}}}";

        assertThat(set(before, "postgresql.parameters.work_mem=null")).isEqualTo("{\"ttl\":20}");
        assertThat(set(before, "postgresql.parameters.work_mem=", "ttl=")).isEqualTo("{}");
    }

    @Test
    void aPairWithoutAValueIsRefused() {
        assertThatThrownBy(() -> set("{}", "ttl")).hasMessage("Invalid parameter setting ttl");
    }

    @Test
    void aFileLaidOverTakesAwayWhatItSaysIsNull() throws Exception {
        ObjectNode patch = ConfigEdit.read("ttl: 20\npause: null\n", "f");

        assertThat(Body.write(ConfigEdit.merged(document("{\"pause\":true,\"a\":1}"), patch)))
                .isEqualTo("{\"a\":1,\"ttl\":20}");
    }

    @Test
    void theSameSettingsReadFromYamlAreTheSame() throws Exception {
        ObjectNode stored = document("{\"ttl\":30,\"x\":1.50,\"l\":[1,\"a\"],\"b\":true}");

        assertThat(ConfigEdit.read(ConfigEdit.text(document("{\"ttl\":30,\"b\":true}")), "f"))
                .isEqualTo(document("{\"b\":true,\"ttl\":30}"));
        assertThat(ConfigEdit.text(stored)).isEqualTo("b: true\nl:\n- 1\n- a\nttl: 30\nx: 1.50\n");
    }

    @Test
    void textThatIsNoYamlIsRefusedWithItsLine() {
        assertThatThrownBy(() -> ConfigEdit.read("ttl: 20\n x: [", "f.yml"))
                .hasMessageContaining("f.yml:2")
                .hasMessageContaining("valid YAML");
        assertThatThrownBy(() -> ConfigEdit.read("- 1\n", "f.yml"))
                .hasMessageContaining("expected a mapping");
    }
}
