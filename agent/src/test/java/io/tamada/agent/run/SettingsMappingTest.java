package io.tamada.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.postgres.PostgresSettings;
import io.tamada.agent.postgres.PostgresSettings.LocalAccess;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.SettingsReader;
import io.tamada.agent.settings.SettingsResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From the words of the file to what the parts are told.
class SettingsMappingTest {

    @TempDir private Path directory;

    private AgentSettings settings(String rest, String postgresql) throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("node.yml"),
                        """
                        scope: shop
                        name: node-a
                        restapi:
                          listen: 127.0.0.1:8008
                        %setcd3:
                          hosts: 10.0.0.1:2379
                        postgresql:
                          listen: 127.0.0.1:5432
                          data_dir: data/a
                          authentication:
                            replication: {username: rep, password: p, sslkey: k, sslpassword: q}
                        %s"""
                                .formatted(rest, postgresql));
        SettingsResult result = SettingsReader.read(file, Map.of());
        assertThat(result).isInstanceOf(SettingsResult.Loaded.class);
        return ((SettingsResult.Loaded) result).settings();
    }

    private PostgresSettings postgres(String postgresql) throws Exception {
        return SettingsMapping.postgres(settings("", postgresql), Path.of("/bin"));
    }

    @Test
    void aPoolInFrontOfTheServerIsPublished() throws Exception {
        assertThat(SettingsMapping.profile(settings("", ""), "id").proxyUrl()).isNull();
        assertThat(
                        SettingsMapping.profile(
                                        settings("", "  proxy_address: 10.0.0.1:6432\n"), "id")
                                .proxyUrl())
                .isEqualTo("postgres://10.0.0.1:6432/postgres");
    }

    @Test
    void socketsAreForWhatTheyWereAskedForAndForReplicationWhereTheyAreThere() throws Exception {
        assertThat(postgres("").localAccess()).isEqualTo(LocalAccess.TCP);
        assertThat(postgres("  use_unix_socket_repl: true\n").localAccess())
                .isEqualTo(new LocalAccess(false, true));
        assertThat(postgres("  use_unix_socket: true\n").localAccess())
                .isEqualTo(LocalAccess.UNIX_SOCKET);
    }

    @Test
    void theOtherNamesOfProgramsAndThePasswordOfAKeyArriveWhereTheyAreUsed() throws Exception {
        PostgresSettings postgres = postgres("  bin_name: {pg_rewind: rewind-edb}\n");
        assertThat(postgres.program("pg_rewind")).isEqualTo(Path.of("/bin/rewind-edb"));
        assertThat(postgres.program("initdb")).isEqualTo(Path.of("/bin/initdb"));
        assertThat(postgres.roles().replication().options()).containsEntry("sslpassword", "q");
    }

    @Test
    void ciphersAreHandedOnInTheNamesOfTheJvm() throws Exception {
        var tls =
                SettingsMapping.rest(
                                settings(
                                        "  certfile: /c.pem\n"
                                                + "  ciphers: ECDHE-RSA-AES256-GCM-SHA384:!aNULL\n",
                                        ""),
                                "1")
                        .tls();
        assertThat(tls == null ? null : tls.ciphers())
                .containsExactly("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    }
}
