package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ConfigChange;
import io.tamada.core.cluster.ConfigChange.Setting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShowConfigCommandTest {

    private static List<String> lines(Setting... settings) {
        return ShowConfigCommand.lines(new ConfigChange("t", "b", "h", List.of(settings)));
    }

    @Test
    void eachSettingIsALineWithBothValues() {
        assertThat(
                        lines(
                                new Setting("ttl", "30", "20"),
                                new Setting("pause", null, "true"),
                                new Setting("slots.a", "{}", null),
                                new Setting("and 3 more", null, null)))
                .containsExactly(
                        "ttl: 30 -> 20",
                        "pause: none -> true",
                        "slots.a: {} -> none",
                        "and 3 more");
        assertThat(lines()).containsExactly("a secret, which is not shown");
        assertThat(lines(new Setting("", null, null))).containsExactly("what is not known");
    }

    @Test
    void theOperatorIsWhoCalledSudoAndFitsIntoAHeader() {
        assertThat(Operator.name(Map.of(), "bob", "ops1")).isEqualTo("bob@ops1");
        assertThat(Operator.name(Map.of("SUDO_USER", "alice"), "root", "ops1"))
                .isEqualTo("alice@ops1");
        assertThat(Operator.name(Map.of(), "b\u00f6b\r\n", "ops1")).isEqualTo("b?b??@ops1");
    }
}
