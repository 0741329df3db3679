package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The user's scripts on clusters of the packaged program.
class HooksTest {

    private static final Duration BACK = Duration.ofSeconds(30);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @TempDir Path place;

    @Test
    void callbacksTellOfStartRestartReloadAndSwitchoverWithActionRoleAndScope() throws Exception {
        // Scripts run in their agent's directory, and by it the agents are told apart.
        Path script =
                script(
                        "callback",
                        """
                        echo "$1 $2 $3" >> callbacks
                        """);
        String all =
                "{on_start: %1$s, on_stop: %1$s, on_restart: %1$s, on_reload: %1$s, on_role_change: %1$s}"
                        .formatted(script);
        TestCluster cluster =
                CLUSTERS.planned(ClusterPlan.threeNodes().withNodes(2).withLocal("callbacks", all));
        cluster.start();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(2, TestCluster.BOOTSTRAP);
        TestNode standby = cluster.others(primary).getFirst();
        String scope = cluster.scope();
        awaitCalls(primary, "on_start primary " + scope);
        awaitCalls(standby, "on_start replica " + scope);

        Rest.command(standby.restPort(), "POST", "/restart", "{}");
        awaitCalls(standby, "on_start replica " + scope, "on_restart replica " + scope);

        clear(primary, standby);
        Rest.command(
                primary.restPort(),
                "PATCH",
                "/config",
                "{\"postgresql\":{\"parameters\":{\"work_mem\":\"6MB\"}}}");
        awaitCalls(primary, "on_reload primary " + scope);
        awaitCalls(standby, "on_reload replica " + scope);

        clear(primary, standby);
        Rest.command(
                primary.restPort(),
                "POST",
                "/switchover",
                "{\"leader\":\"%s\",\"candidate\":\"%s\"}"
                        .formatted(primary.name(), standby.name()));
        assertThat(cluster.awaitOnePrimaryAndStreaming(2, BACK)).isSameAs(standby);
        awaitCalls(standby, "on_role_change primary " + scope);
        // It may then be pointed at the new primary, which is a reload.
        List<String> demoted =
                List.of("on_stop primary " + scope, "on_role_change replica " + scope);
        Await.until(
                "the callbacks of the former primary",
                BACK,
                () -> lines(primary).size() >= 2 && lines(primary).subList(0, 2).equals(demoted),
                () -> lines(primary).toString());
    }

    @Test
    void aConfigurationThatTheServerWouldNotStartWithIsRefused() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes().withNodes(2));
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(2, BACK);
        Rest.Answer answer =
                Rest.command(
                        primary.restPort(),
                        "PATCH",
                        "/config",
                        "{\"postgresql\":{\"parameters\":{\"shared_buffers\":\"none\"}}}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).contains("postgresql.parameters.shared_buffers");
        assertThat(primary.rest("/config").body()).doesNotContain("none");
    }

    @Test
    void aClusterIsMadeFromABackupAndItsReplicaByACommand() throws Exception {
        TestCluster old = CLUSTERS.planned(ClusterPlan.threeNodes().withNodes(1));
        old.start();
        TestNode source = old.awaitOnePrimaryAndStreaming(1, TestCluster.BOOTSTRAP);
        Sql.execute(source.postgresPort(), "CREATE TABLE kept AS SELECT 42 AS a");
        Path data =
                script(
                        "restore",
                        """
                        for a; do case $a in --datadir=*) d=${a#*=};; esac; done
                        echo "$@" > "$(dirname "$d")/restore.arguments"
                        PGPASSWORD=%s exec /usr/lib/postgresql/15/bin/pg_basebackup -D "$d" \
                          -h 127.0.0.1 -p %d -U replicator -X stream -c fast
                        """
                                .formatted(Sql.REPLICATION_PASSWORD, source.postgresPort()));
        Path replica =
                script(
                        "replica",
                        """
                        for a; do case $a in --datadir=*) d=${a#*=};; --connstring=*) c=${a#*=};;
                        esac; done
                        echo "$@" > "$(dirname "$d")/replica.arguments"
                        exec /usr/lib/postgresql/15/bin/pg_basebackup -D "$d" -d "$c" -X stream -c fast
                        """);
        TestCluster cluster =
                CLUSTERS.planned(
                        ClusterPlan.threeNodes()
                                .withNodes(2)
                                .withLocal("create_replica_methods", "[mine]")
                                .withLocal("mine", "{command: " + replica + ", threads: 2}")
                                .withBootstrap("method", "restore")
                                .withBootstrap(
                                        "restore",
                                        "{command: "
                                                + data
                                                + ", recovery_conf: {restore_command: 'false',"
                                                + " recovery_target_action: promote}}"));
        cluster.start();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(2, TestCluster.BOOTSTRAP);
        TestNode standby = cluster.others(primary).getFirst();

        assertThat(Sql.peek(standby.postgresPort(), "SELECT a FROM kept")).isEqualTo("42");
        assertThat(primary.rest("/patroni").json().path("timeline").asInt()).isEqualTo(2);
        assertThat(arguments(primary, "restore"))
                .isEqualTo("--scope=" + cluster.scope() + " --datadir=" + primary.dataDirectory());
        assertThat(arguments(standby, "replica"))
                .startsWith(
                        "--threads=2 --scope="
                                + cluster.scope()
                                + " --role=replica --datadir="
                                + standby.dataDirectory()
                                + " --connstring=")
                .doesNotContain(Sql.REPLICATION_PASSWORD);
    }

    private Path script(String name, String body) throws IOException {
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path script = place.resolve(name);
        Files.writeString(script, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private static String arguments(TestNode node, String name) throws IOException {
        return Files.readString(node.dataDirectory().resolveSibling(name + ".arguments")).strip();
    }

    private static Path calls(TestNode node) {
        return node.directory().resolve("callbacks");
    }

    private static List<String> lines(TestNode node) {
        try {
            return Files.exists(calls(node)) ? Files.readAllLines(calls(node)) : List.of();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void clear(TestNode... nodes) throws IOException {
        for (TestNode node : nodes) {
            Files.deleteIfExists(calls(node));
        }
    }

    private static void awaitCalls(TestNode node, String... expected) {
        Await.until(
                "the callbacks of " + node.name(),
                BACK,
                () -> lines(node).equals(List.of(expected)),
                () -> lines(node).toString());
    }
}
