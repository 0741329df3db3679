package io.tamada.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.member.MemberName;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

    @Test
    void aVariableWinsOverTheFile() {
        AgentSettings settings =
                SettingsText.loaded(
                        SettingsText.LEAST,
                        Map.of(
                                "PATRONI_NAME", "node-b",
                                "PATRONI_NAMESPACE", "/other/",
                                "PATRONI_ETCD3_HOSTS", "a:1,b:2",
                                "PATRONI_ETCD3_PASSWORD", "0123",
                                "PATRONI_ETCD3_USERNAME", "u",
                                "PATRONI_RESTAPI_LISTEN", "0.0.0.0:9000",
                                "PATRONI_POSTGRESQL_DATA_DIR", "/data",
                                "PATRONI_REPLICATION_PASSWORD", "on"));

        assertThat(settings.name()).isEqualTo(new MemberName("node-b"));
        assertThat(settings.namespace()).isEqualTo("other");
        assertThat(settings.etcd3().hosts())
                .containsExactly(new HostPort("a", 1), new HostPort("b", 2));
        assertThat(settings.etcd3().password()).isEqualTo(new Secret("0123"));
        assertThat(settings.rest().listen()).isEqualTo(new HostPort("0.0.0.0", 9000));
        assertThat(settings.postgresql().dataDirectory()).isEqualTo(Path.of("/data"));
        assertThat(settings.postgresql().replication().username()).isEqualTo("replicator");
        assertThat(settings.postgresql().replication().password()).isEqualTo(new Secret("on"));
    }

    @Test
    void theGuardHasAVariableOfOurs() {
        assertThat(
                        SettingsText.loaded(SettingsText.LEAST, Map.of("TAMADA_GUARD", "off"))
                                .tamada()
                                .guard())
                .isEqualTo(Mode.OFF);
    }

    @Test
    void listsAndMappingsNeedNoBrackets() {
        AgentSettings settings =
                SettingsText.loaded(
                        SettingsText.LEAST,
                        Map.of(
                                "PATRONI_RESTAPI_ALLOWLIST", "10.0.0.1, 10.0.0.2",
                                "PATRONI_RESTAPI_HTTP_EXTRA_HEADERS", "'X-A': 'b'",
                                "PATRONI_LOG_LOGGERS", "{patroni.ha: ERROR}",
                                "PATRONI_LOG_MAX_QUEUE_SIZE", "77",
                                "PATRONI_LOG_MODE", "0600",
                                "PATRONI_LOGLEVEL", "DEBUG",
                                "PATRONI_POSTGRESQL_BIN_PG_CTL", "pg_ctl_x"));

        assertThat(settings.rest().allowlist()).containsExactly("10.0.0.1", "10.0.0.2");
        assertThat(settings.rest().httpExtraHeaders()).containsEntry("X-A", "b");
        assertThat(settings.log().loggers()).containsEntry("patroni.ha", LogSettings.Level.ERROR);
        assertThat(settings.log().maximumQueued()).isEqualTo(77);
        assertThat(settings.log().fileMode()).isEqualTo(0600);
        assertThat(settings.log().level()).isEqualTo(LogSettings.Level.DEBUG);
        assertThat(settings.postgresql().binaryNames()).containsEntry("pg_ctl", "pg_ctl_x");
    }

    @Test
    void theEnvironmentAloneIsEnough() {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATRONI_SCOPE", "shop");
        environment.put("PATRONI_NAME", "a");
        environment.put("PATRONI_RESTAPI_LISTEN", "127.0.0.1:8008");
        environment.put("PATRONI_ETCD3_HOST", "127.0.0.1");
        environment.put("PATRONI_POSTGRESQL_LISTEN", "127.0.0.1");
        environment.put("PATRONI_POSTGRESQL_DATA_DIR", "data");
        environment.put("PATRONI_REPLICATION_USERNAME", "replicator");
        environment.put("PATRONI_app_PASSWORD", "app-secret");
        environment.put("PATRONI_app_OPTIONS", "createrole,createdb");
        environment.put("PATRONI_CTL_INSECURE", "true");
        environment.put("HOME", "/root");

        SettingsResult result = SettingsReader.read(environment);

        assertThat(result)
                .isInstanceOfSatisfying(
                        SettingsResult.Loaded.class,
                        loaded -> {
                            assertThat(loaded.warnings()).isEmpty();
                            assertThat(loaded.settings().etcd3().hosts())
                                    .containsExactly(new HostPort("127.0.0.1", 2379));
                            assertThat(loaded.settings().bootstrap().users())
                                    .containsExactly(
                                            new BootstrapSettings.User(
                                                    "app",
                                                    new Secret("app-secret"),
                                                    List.of("createrole", "createdb")));
                        });
    }

    @Test
    void aWholeConfigurationInOneVariableReplacesAllOthers() {
        SettingsResult result =
                SettingsReader.read(
                        Map.of(
                                "PATRONI_CONFIGURATION",
                                SettingsText.LEAST,
                                "PATRONI_NAME",
                                "ignored"));

        assertThat(result)
                .isInstanceOfSatisfying(
                        SettingsResult.Loaded.class,
                        loaded ->
                                assertThat(loaded.settings().name())
                                        .isEqualTo(new MemberName("node-a")));
    }

    @Test
    void aWrongVariableIsNamed() {
        SettingsResult result =
                SettingsText.read(
                        SettingsText.LEAST,
                        Map.of("PATRONI_RESTAPI_LISTEN", "x", "PATRONI_LOG_FILE_NUM", "many"));

        assertThat(result)
                .isInstanceOfSatisfying(
                        SettingsResult.Refused.class,
                        refused ->
                                assertThat(refused.errors())
                                        .containsExactly(
                                                "environment variable PATRONI_LOG_FILE_NUM:"
                                                        + " log.file_num: found 'many', expected"
                                                        + " an integer from 0 to 1000",
                                                "environment variable PATRONI_RESTAPI_LISTEN:"
                                                        + " restapi.listen: found 'x', expected"
                                                        + " host:port with a port from 1 to"
                                                        + " 65535"));
    }

    @Test
    void anUnknownVariableIsAWarningWithTheNearestKnownOne() {
        assertThat(SettingsText.read(SettingsText.LEAST, Map.of("PATRONI_SCOP", "x")).warnings())
                .containsExactly(
                        "environment variable PATRONI_SCOP: unknown variable, ignored; nearest"
                                + " known variable: PATRONI_SCOPE");
    }

    @Test
    void anotherStoreInTheEnvironmentIsRefusedWhereItIsTheOnlyOne() {
        String without = SettingsText.LEAST.replace("etcd3:\n  hosts: 10.0.0.1:2379\n", "");
        SettingsResult result = SettingsText.read(without, Map.of("PATRONI_CONSUL_HOST", "a:1"));

        assertThat(result)
                .isInstanceOfSatisfying(
                        SettingsResult.Refused.class,
                        refused ->
                                assertThat(refused.errors())
                                        .singleElement()
                                        .asString()
                                        .startsWith(
                                                "environment variable PATRONI_CONSUL_HOST:"
                                                        + " consul: "));
    }
}
