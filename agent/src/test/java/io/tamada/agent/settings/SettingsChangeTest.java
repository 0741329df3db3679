package io.tamada.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettingsChangeTest {

    private static SettingsChange change(String after) {
        return SettingsText.loaded(SettingsText.LEAST).reload(SettingsText.loaded(after));
    }

    @Test
    void theSameSettingsChangeNothing() {
        assertThat(change(SettingsText.LEAST).isEmpty()).isTrue();
    }

    @Test
    void aDefaultThatIsWrittenOutChangesNothing() {
        assertThat(change(SettingsText.LEAST + "namespace: /service\nlog: {level: INFO}\n"))
                .isEqualTo(new SettingsChange(java.util.List.of(), java.util.List.of()));
    }

    @Test
    void whatCountsAtOnceAndWhatCountsAfterARestartAreToldApart() {
        SettingsChange change =
                change(
                        SettingsText.LEAST
                                        .replace("127.0.0.1:8008", "127.0.0.1:8009")
                                        .replace("rep-secret", "other-secret")
                                + "tags: {nofailover: true}\n");

        assertThat(change.changed())
                .containsExactly(
                        "restapi.listen",
                        "restapi.connect_address",
                        "postgresql.authentication.replication",
                        "tags");
        assertThat(change.needRestart()).containsExactly("restapi.listen");
    }
}
