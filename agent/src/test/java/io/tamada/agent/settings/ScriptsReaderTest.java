package io.tamada.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.hooks.Scripts;
import io.tamada.agent.hooks.Scripts.CustomBootstrap;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterConfig.PostgresPart;
import io.tamada.core.cluster.RemoteSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ScriptsReaderTest {

    private static String with(String more) {
        return SettingsText.LEAST.replace("  data_dir: data/a", "  data_dir: a\n" + more);
    }

    @Test
    void callbacksAndTheScriptBeforeAStopAreRead() {
        Scripts scripts =
                SettingsText.loaded(
                                with(
                                        """
                                          before_stop: /bin/before
                                          callbacks: {on_start: /bin/x a, on_role_change: /bin/y}
                                        """))
                        .postgresql()
                        .scripts();

        assertThat(scripts.beforeStop()).isEqualTo("/bin/before");
        assertThat(scripts.callbacks())
                .containsExactly(
                        Map.entry("on_role_change", "/bin/y"), Map.entry("on_start", "/bin/x a"));
    }

    @Test
    void waysToMakeAReplicaKeepTheirOrderAndTheirOwnArguments() {
        Scripts scripts =
                SettingsText.loaded(
                                with(
                                        """
                                          create_replica_methods: [pgbackrest, wal_e, basebackup]
                                          pgbackrest: {command: /bin/r --x, keep_data: true,
                                            no_params: true}
                                          wal_e: {command: /bin/w, threshold: 10, no_leader: 1}
                                          basebackup: {max-rate: 100M}
                                        """))
                        .postgresql()
                        .scripts();

        assertThat(scripts.replicaMethods())
                .extracting(Scripts.ReplicaMethod::name)
                .containsExactly("pgbackrest", "wal_e", "basebackup");
        Scripts.ReplicaMethod first = scripts.replicaMethods().getFirst();
        assertThat(first.command()).isEqualTo("/bin/r --x");
        assertThat(first.keepData()).isTrue();
        assertThat(first.noParams()).isTrue();
        assertThat(scripts.replicaMethods().get(1).options())
                .containsExactly(Map.entry("threshold", "10"), Map.entry("no_leader", "1"));
    }

    /// Those that a standby cluster names are described beside those of the cluster itself.
    @Test
    void aClusterThatFollowsAnotherOneHasAListOfItsOwn() {
        String yaml =
                with(
                        """
                          create_replica_methods: [basebackup]
                          wal_g: {command: /bin/g, no_leader: 1}
                          callbacks: {on_start: /bin/x}
                        """);
        Scripts scripts = SettingsText.loaded(yaml).postgresql().scripts();
        RemoteSource remote =
                new RemoteSource(
                        "far",
                        5432,
                        null,
                        List.of("wal_g", "plain", "basebackup"),
                        null,
                        null,
                        null);

        assertThat(scripts.replicaMethods(null))
                .containsExactly(Scripts.ReplicaMethod.of("basebackup"));
        assertThat(scripts.replicaMethods(remote))
                .extracting(Scripts.ReplicaMethod::command)
                .containsExactly("/bin/g", "plain", "basebackup");
        assertThat(SettingsText.warnings(yaml)).isEmpty();
        PostgresPart dynamic = ClusterConfig.DEFAULTS.postgres();
        PostgresqlSettings postgresql = SettingsText.loaded(yaml).postgresql();
        assertThat(postgresql.over(dynamic, remote).copiesWithoutLeader()).isTrue();
        assertThat(postgresql.over(dynamic, null).copiesWithoutLeader()).isFalse();
    }

    @Test
    void theOldNameOfTheWaysCountsToo() {
        assertThat(
                        SettingsText.loaded(with("  create_replica_method: [wal_e]\n"))
                                .postgresql()
                                .scripts()
                                .replicaMethods())
                .singleElement()
                .satisfies(method -> assertThat(method.command()).isEqualTo("wal_e"));
    }

    @Test
    void aBootstrapMethodIsReadWithItsRecoverySettings() {
        CustomBootstrap custom =
                SettingsText.loaded(
                                SettingsText.LEAST
                                        + """
                                        bootstrap:
                                          method: restore
                                          restore:
                                            command: /bin/restore --from x
                                            no_params: true
                                            recovery_conf:
                                              recovery_target_action: promote
                                              restore_command: cp /a/%f %p
                                        """)
                        .bootstrap()
                        .custom();

        assertThat(Objects.requireNonNull(custom).command()).isEqualTo("/bin/restore --from x");
        assertThat(custom.noParams()).isTrue();
        assertThat(custom.recovers()).isTrue();
        assertThat(custom.recoveryConf())
                .containsEntry("recovery_target_action", "promote")
                .containsEntry("restore_command", "cp /a/%f %p");
    }

    @Test
    void aBootstrapMethodWithoutACommandIsRefused() {
        assertThat(SettingsText.errors(SettingsText.LEAST + "bootstrap: {method: restore}\n"))
                .singleElement()
                .asString()
                .contains("bootstrap.restore.command");
    }
}
