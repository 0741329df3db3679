package io.tamada.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.settings.SettingsReader;
import io.tamada.agent.settings.SettingsResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeYamlTest {

    @TempDir private Path directory = Path.of("/nonexistent");

    @Test
    void theAgentReadsItWithoutAWarning() throws Exception {
        Path file = Files.writeString(directory.resolve("node1.yml"), yaml());

        SettingsResult result = SettingsReader.read(file, Map.of());

        assertThat(result).isInstanceOf(SettingsResult.Loaded.class);
        assertThat(result.warnings()).isEmpty();
        var settings = ((SettingsResult.Loaded) result).settings();
        assertThat(settings.name()).hasToString("node1");
        assertThat(settings.postgresql().dataDirectory())
                .isEqualTo(Path.of("/tmp/tamada-demo-1/node1/data"));
    }

    @Test
    void whatIsWorthKnowingIsWrittenOut() {
        assertThat(yaml())
                .contains(
                        "ttl: 5",
                        "loop_wait: 1",
                        "retry_timeout: 2",
                        "check_timeline: true",
                        "use_pg_rewind: true",
                        "maximum_lag_on_failover: 1048576",
                        "wal_log_hints: \"on\"",
                        "- data-checksums",
                        "- encoding: UTF8",
                        "scram-sha-256",
                        "connect_address: 127.0.0.1:5442")
                .doesNotContain("failsafe_mode", "synchronous_mode", "\t");
    }

    @Test
    void passwordsAreMadeUpAndNeedNoQuoting() {
        DemoSecrets secrets = DemoSecrets.random();

        assertThat(secrets.superuser()).matches("[A-Za-z0-9]{20}");
        assertThat(secrets.superuser()).isNotEqualTo(secrets.replication());
        assertThat(secrets.toString()).isEqualTo("DemoSecrets[]");
    }

    private static String yaml() {
        return new NodeYaml(
                        "demo",
                        "node1",
                        8008,
                        5442,
                        2379,
                        Path.of("/tmp/tamada-demo-1/node1"),
                        Path.of("/usr/lib/postgresql/15/bin"),
                        new DemoSecrets("secret1", "secret2", "secret3", "secret4"))
                .render();
    }
}
