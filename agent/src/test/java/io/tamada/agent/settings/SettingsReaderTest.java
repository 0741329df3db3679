package io.tamada.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterConfig.PostgresPart;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.member.MemberName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {

    /// A file in the shape that people keep, with most sections.
    private static final String USUAL =
            """
            scope: batman
            namespace: //db/ha/
            name: robin
            restapi:
              listen: '*:8008'
              connect_address: 10.1.0.11:8008
              authentication: {username: admin, password: rest-secret}
              certfile: /etc/ssl/rest.crt
              keyfile: /etc/ssl/rest.key
              cafile: /etc/ssl/ca.crt
              verify_client: optional
              allowlist: [10.0.0.0/8, localhost]
              allowlist_include_members: yes
              http_extra_headers:
                X-Frame-Options: SAMEORIGIN
            ctl: {insecure: true}
            etcd3:
              hosts: "'10.1.0.1:2379','10.1.0.2',[fd00::3]:2381"
              protocol: https
              username: patroni
              password: etcd-secret
              cacert: /etc/ssl/ca.crt
            bootstrap:
              dcs:
                ttl: 30
                loop_wait: 10
                retry_timeout: 10
                maximum_lag_on_failover: 1048576
                synchronous_mode: off
                check_timeline: true
                postgresql:
                  use_pg_rewind: true
                  parameters:
                    wal_log_hints: on
                    max_connections: 100
                    checkpoint_completion_target: 0.9
              initdb:
              - encoding: UTF8
              - data-checksums
              pg_hba:
              - host replication replicator 0.0.0.0/0 md5
              users:
                app: {password: app-secret, options: [createdb]}
              post_init: /usr/local/bin/setup.sh
            postgresql:
              listen: 127.0.0.1, 10.1.0.11:5433
              connect_address: 10.1.0.11
              proxy_address: 10.1.0.11:6432
              data_dir: /var/lib/postgresql/15/batman
              bin_dir: /usr/lib/postgresql/15/bin
              bin_name: {pg_rewind: pg_rewind-custom}
              pgpass: /tmp/pgpass0
              authentication:
                superuser: {username: postgres, password: super-secret, sslmode: verify-full}
                replication: {username: replicator, password: rep-secret}
                rewind: {username: rewinder, password: '0123'}
              parameters:
                unix_socket_directories: ..
                shared_buffers: 256MB
                jit: off
                log_file_mode: 0640
              pg_hba:
              - local all all peer
              basebackup:
              - verbose
              - max-rate: 100M
              - checkpoint: fast
              create_replica_methods: [basebackup]
              use_pg_rewind: false
            tags:
              nofailover: false
              clonefrom: true
              zone: b
              rack: 4
            watchdog: {mode: off}
            tamada: {guard: required}
            log:
              level: WARN
              dir: /var/log/patroni
              file_num: 7
              mode: 0640
              loggers: {patroni.postmaster: WARNING, urllib3: DEBUG}
            """;

    @Test
    void aFileInTheUsualShapeIsReadWhole() {
        AgentSettings settings = SettingsText.loaded(USUAL);

        assertThat(settings.scope()).isEqualTo("batman");
        assertThat(settings.namespace()).isEqualTo("db/ha");
        assertThat(settings.name()).isEqualTo(new MemberName("robin"));
        assertThat(settings.rest().listen()).isEqualTo(new HostPort("*", 8008));
        assertThat(settings.rest().connectAddress()).isEqualTo(new HostPort("10.1.0.11", 8008));
        assertThat(settings.rest().tls())
                .isEqualTo(
                        new RestSettings.Tls(
                                "/etc/ssl/rest.crt",
                                "/etc/ssl/rest.key",
                                null,
                                "/etc/ssl/ca.crt",
                                null));
        assertThat(settings.rest().verifyClient()).isEqualTo(RestSettings.VerifyClient.OPTIONAL);
        assertThat(settings.rest().allowlist()).containsExactly("10.0.0.0/8", "localhost");
        assertThat(settings.rest().allowlistIncludesMembers()).isTrue();
        assertThat(settings.rest().httpExtraHeaders())
                .containsExactly(Map.entry("X-Frame-Options", "SAMEORIGIN"));
        assertThat(settings.etcd3().hosts())
                .containsExactly(
                        new HostPort("10.1.0.1", 2379),
                        new HostPort("10.1.0.2", 2379),
                        new HostPort("fd00::3", 2381));
        assertThat(settings.etcd3().protocol()).isEqualTo(Etcd3Settings.Protocol.HTTPS);
        assertThat(settings.etcd3().password()).isEqualTo(new Secret("etcd-secret"));
        assertThat(settings.watchdog().mode()).isEqualTo(Mode.OFF);
        assertThat(settings.tamada().guard()).isEqualTo(Mode.REQUIRED);
        assertThat(settings.tags().all())
                .containsEntry("zone", "b")
                .containsEntry("rack", 4L)
                .containsEntry("clonefrom", true)
                .doesNotContainKey("nofailover");
        assertThat(settings.tags().neverLeads()).isFalse();
    }

    @Test
    void theBootstrapSectionKeepsTheDynamicConfigurationAsATree() {
        BootstrapSettings bootstrap = SettingsText.loaded(USUAL).bootstrap();

        assertThat(bootstrap.dynamic())
                .containsEntry("ttl", 30L)
                .containsEntry("synchronous_mode", false)
                .containsEntry(
                        "postgresql",
                        Map.of(
                                "use_pg_rewind",
                                true,
                                "parameters",
                                Map.of(
                                        "wal_log_hints",
                                        true,
                                        "max_connections",
                                        100L,
                                        "checkpoint_completion_target",
                                        0.9)));
        assertThat(bootstrap.initdbOptions())
                .containsExactly("--encoding=UTF8", "--data-checksums");
        assertThat(bootstrap.hba()).hasSize(1);
        assertThat(bootstrap.users())
                .containsExactly(
                        new BootstrapSettings.User(
                                "app", new Secret("app-secret"), List.of("createdb")));
        assertThat(bootstrap.postBootstrap()).isEqualTo("/usr/local/bin/setup.sh");
    }

    @Test
    void thePostgresqlSectionIsReadAsPatroniReadsIt() {
        PostgresqlSettings postgresql = SettingsText.loaded(USUAL).postgresql();

        assertThat(postgresql.listen())
                .isEqualTo(new PostgresqlSettings.Listen(List.of("127.0.0.1", "10.1.0.11"), 5433));
        assertThat(postgresql.connectAddress()).isEqualTo(new HostPort("10.1.0.11", 5433));
        assertThat(postgresql.configDirectory()).isEqualTo(postgresql.dataDirectory());
        assertThat(postgresql.binaryNames()).containsEntry("pg_rewind", "pg_rewind-custom");
        assertThat(postgresql.superuser().tls()).containsEntry("sslmode", "verify-full");
        assertThat(postgresql.rewind()).isNotNull();
        assertThat(postgresql.parameters())
                .containsEntry("jit", "off")
                .containsEntry("shared_buffers", "256MB")
                .containsEntry("log_file_mode", "416");
        assertThat(postgresql.baseBackupOptions())
                .containsExactly("--verbose", "--max-rate=100M", "--checkpoint=fast");
        assertThat(postgresql.hba()).containsExactly("local all all peer");
        assertThat(postgresql.ident()).isNull();
    }

    @Test
    void theLogSectionIsReadAsPatroniReadsIt() {
        LogSettings log = SettingsText.loaded(USUAL).log();

        assertThat(log.level()).isEqualTo(LogSettings.Level.WARNING);
        assertThat(log.directory()).isEqualTo(Path.of("/var/log/patroni"));
        assertThat(log.fileMode()).isEqualTo(0640);
        assertThat(log.fileNumber()).isEqualTo(7);
        assertThat(log.fileSizeBytes()).isEqualTo(25_000_000);
        assertThat(log.loggers()).containsEntry("urllib3", LogSettings.Level.DEBUG);
    }

    @Test
    void whatIsAbsentIsPatronisDefault() {
        AgentSettings settings = SettingsText.loaded(SettingsText.LEAST);

        assertThat(settings.namespace()).isEqualTo("service");
        assertThat(settings.rest().connectAddress()).isEqualTo(settings.rest().listen());
        assertThat(settings.rest().tls()).isNull();
        assertThat(settings.etcd3().protocol()).isEqualTo(Etcd3Settings.Protocol.HTTP);
        assertThat(settings.bootstrap().dynamic()).isEmpty();
        assertThat(settings.postgresql().database()).isEqualTo("postgres");
        assertThat(settings.postgresql().useUnixSocket()).isFalse();
        assertThat(settings.postgresql().superuser().username()).isNull();
        assertThat(settings.postgresql().rewind()).isNull();
        assertThat(settings.watchdog())
                .isEqualTo(
                        new WatchdogSettings(
                                Mode.AUTOMATIC,
                                WatchdogSettings.Driver.DEFAULT,
                                "/dev/watchdog",
                                5));
        assertThat(settings.tamada().guard()).isEqualTo(Mode.AUTOMATIC);
        assertThat(settings.log()).isEqualTo(LogSettings.DEFAULTS);
        assertThat(SettingsText.warnings(SettingsText.LEAST)).isEmpty();
    }

    @Test
    void noSecretIsShown() {
        assertThat(SettingsText.loaded(USUAL).toString())
                .doesNotContain("rest-secret")
                .doesNotContain("etcd-secret")
                .doesNotContain("app-secret")
                .doesNotContain("super-secret")
                .doesNotContain("rep-secret")
                .doesNotContain("0123")
                .contains("***");
    }

    @Test
    void theFileWinsOverTheDynamicConfigurationExceptWhereTheClusterMustAgree() {
        PostgresqlSettings postgresql = SettingsText.loaded(USUAL).postgresql();
        TreeMap<String, String> parameters = new TreeMap<>();
        parameters.put("jit", "on");
        parameters.put("max_connections", "100");
        PostgresPart dynamic =
                new PostgresPart(true, true, true, false, parameters, List.of("x"), List.of("y"));

        PostgresPart effective = postgresql.over(dynamic, null);

        assertThat(effective.usePgRewind()).isFalse();
        assertThat(effective.removeDataDirectoryOnRewindFailure()).isTrue();
        assertThat(effective.parameters())
                .containsEntry("jit", "off")
                .containsEntry("max_connections", "100");
        assertThat(effective.hba()).containsExactly("local all all peer");
        assertThat(effective.ident()).containsExactly("y");
    }

    @Test
    void recoverySettingsAndTheFileToIncludeCountFromTheFileOrElseFromTheStore() {
        PostgresPart dynamic =
                new PostgresPart(
                        true,
                        true,
                        true,
                        false,
                        new TreeMap<>(),
                        List.of(),
                        List.of(),
                        new TreeMap<>(Map.of("restore_command", "fetch %f")),
                        "/etc/cluster.conf",
                        false);
        PostgresPart silent =
                SettingsText.loaded(SettingsText.LEAST).postgresql().over(dynamic, null);
        assertThat(silent.recoveryConf()).containsEntry("restore_command", "fetch %f");
        assertThat(silent.customConf()).isEqualTo("/etc/cluster.conf");

        PostgresPart own =
                SettingsText.loaded(
                                SettingsText.LEAST
                                        + "  custom_conf: own.conf\n"
                                        + "  recovery_conf: {recovery_min_apply_delay: 5min}\n")
                        .postgresql()
                        .over(dynamic, null);
        assertThat(own.recoveryConf()).isEqualTo(Map.of("recovery_min_apply_delay", "5min"));
        assertThat(own.customConf()).isEqualTo("own.conf");
    }

    @Test
    void theFilesOfADirectoryAreLaidOverEachOtherInTheOrderOfTheirNames(@TempDir Path directory)
            throws Exception {
        Files.writeString(directory.resolve("10-base.yml"), SettingsText.LEAST);
        Files.writeString(directory.resolve("20-name.yaml"), "name: other\n");
        Files.writeString(directory.resolve("notes.txt"), "not: [yaml\n");

        assertThat(SettingsReader.read(directory, Map.of()))
                .isInstanceOfSatisfying(
                        SettingsResult.Loaded.class,
                        loaded ->
                                assertThat(loaded.settings().name())
                                        .isEqualTo(new MemberName("other")));
    }
}
