package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.postgres.RunningServer;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.SettingsReader;
import io.tamada.agent.settings.SettingsResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedConfigTest {

    @TempDir Path directory;

    private int made;

    private String password() {
        made++;
        return "secret" + made;
    }

    private AgentSettings read(Map<String, Object> config) throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("c.yml"), GeneratedConfig.text(config, List.of("note")));
        SettingsResult result = SettingsReader.read(file, Map.of());
        assertThat(result.warnings()).isEmpty();
        assertThat(result).isInstanceOf(SettingsResult.Loaded.class);
        return ((SettingsResult.Loaded) result).settings();
    }

    private static RunningServer.Facts facts(
            String configuration, @Nullable String role, String... more) {
        TreeMap<String, String> settings = new TreeMap<>();
        settings.put("data_directory", "/data");
        settings.put("config_file", configuration + "/postgresql.conf");
        settings.put("hba_file", configuration + "/pg_hba.conf");
        settings.put("ident_file", configuration + "/pg_ident.conf");
        settings.put("listen_addresses", "*");
        settings.put("port", "5433");
        settings.put("cluster_name", "main");
        settings.put("max_connections", "200");
        settings.put("archive_command", "cp %p /archive/%f");
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return new RunningServer.Facts(
                settings,
                "/usr/lib/postgresql/15/bin",
                false,
                role,
                "# TYPE\nlocal all all peer\n\n  host all all all md5\nnonsense\n",
                "# MAP\n");
    }

    private Map<String, Object> of(RunningServer.Facts facts) {
        return GeneratedConfig.of(
                facts,
                Map.of("user", "boss", "password", "p", "sslmode", "require"),
                "n1",
                "10.0.0.1",
                this::password);
    }

    @Test
    void aSampleIsAValidConfigurationWithPasswordsOfItsOwnForEverything() throws Exception {
        AgentSettings settings = read(GeneratedConfig.sample("n1", "10.0.0.1", this::password));

        assertThat(settings.rest().authentication()).isNotNull();
        assertThat(settings.name().value()).isEqualTo("n1");
        assertThat(settings.postgresql().rewind()).isNotNull();
        assertThat(made).isEqualTo(4);
    }

    @Test
    void aRunningServerIsWrittenDownAsItIs() throws Exception {
        AgentSettings settings = read(of(facts("/data", "copier")));

        assertThat(settings.scope()).isEqualTo("main");
        assertThat(settings.rest().authentication()).isNotNull();
        assertThat(settings.postgresql().dataDirectory()).isEqualTo(Path.of("/data"));
        assertThat(settings.postgresql().listen().port()).isEqualTo(5433);
        assertThat(settings.postgresql().replication().username()).isEqualTo("copier");
        assertThat(settings.postgresql().superuser().username()).isEqualTo("boss");
        assertThat(settings.postgresql().hba())
                .containsExactly("local all all peer", "host all all all md5");
    }

    @Test
    void commandsStayWithTheMemberAndTheRestIsForTheWholeCluster() {
        String text = GeneratedConfig.text(of(facts("/data", null)), List.of());

        assertThat(text.substring(0, text.indexOf("\npostgresql:")))
                .contains("max_connections: '200'")
                .contains("use_pg_rewind: false")
                .doesNotContain("archive_command");
        assertThat(text.substring(text.indexOf("\npostgresql:")))
                .contains("archive_command: cp %p /archive/%f", "username: replicator")
                .doesNotContain("max_connections", "config_dir");
    }

    @Test
    void filesBesideTheDataAreFoundByTheirDirectoryAndFilesElsewhereAreLeftAlone()
            throws Exception {
        assertThat(read(of(facts("/etc/main", null))).postgresql().configDirectory())
                .isEqualTo(Path.of("/etc/main"));

        String text =
                GeneratedConfig.text(of(facts("/data", null, "hba_file", "/x/hba")), List.of());
        assertThat(text).contains("hba_file: /x/hba").doesNotContain("pg_hba:");
    }

    @Test
    void aServerThatCanBeRewoundIs() {
        String text = GeneratedConfig.text(of(facts("/d", null, "wal_log_hints", "on")), List.of());

        assertThat(text).contains("use_pg_rewind: true");
    }

    @Test
    void settingsLaidOverOthersAreMergedLevelByLevel() {
        assertThat(
                        GeneratedConfig.overlaid(
                                Map.of("a", Map.of("x", 1, "y", 2), "b", 1),
                                Map.of("a", Map.of("y", 3), "c", 4)))
                .isEqualTo(Map.of("a", Map.of("x", 1, "y", 3), "b", 1, "c", 4));
    }
}
