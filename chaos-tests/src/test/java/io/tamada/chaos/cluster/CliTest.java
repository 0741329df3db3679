package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The commands of operators, on a live cluster.
class CliTest {

    private static final Duration BACK = Duration.ofSeconds(30);

    /// In the place of an environment variable.
    private static final String NO_VARIABLE = "NOTHING=";

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void whatPatronictlShowsIsShownInTheSameWords() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);

        String list = cluster.tamada("list", "-f", "json");
        assertThat(list).contains("\"Member\": \"" + primary.name() + "\"");
        for (TestNode node : cluster.nodes()) {
            assertThat(list).contains(node.name());
            assertThat(cluster.tamada("list")).contains(":" + node.postgresPort() + " ");
        }
        assertThat(cluster.tamada("history", "-f", "tsv"))
                .isEqualTo(cluster.patronictl("history", "-f", "tsv"));
        assertThat(cluster.tamada("show-config").strip())
                .isEqualTo(cluster.patronictl("show-config").strip());
    }

    @Test
    void aClusterIsPausedSwitchedRestartedReloadedAndCopiedAnew() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode standby = cluster.others(primary).getFirst();
        String scope = cluster.scope();

        assertThat(cluster.tamada("pause", "--wait")).contains("cluster management is paused");
        assertThatThrownBy(() -> cluster.tamada("pause")).hasMessageContaining("already paused");
        assertThat(cluster.tamada("list")).contains("Maintenance mode: on");
        assertThat(cluster.tamada("pause", "--reason", "a new kernel", "--for", "1h"))
                .contains("is paused, until 2")
                .contains(": a new kernel");
        assertThat(cluster.patronictl("resume", "--wait")).contains("Success");
        awaitWithout(cluster, "show-config", "pause_reason");
        cluster.tamada("pause", "--wait", "--reason", "a new kernel", "--for", "4s");
        assertThat(cluster.tamada("list"))
                .containsPattern("Maintenance mode: on, until 2\\S+: a new kernel");
        awaitWithout(cluster, "list", "Maintenance mode");
        assertThat(cluster.tamada("show-config")).doesNotContain("pause");
        assertThat(cluster.tamada("pause", "--wait")).contains("cluster management is paused");
        assertThat(cluster.tamada("resume", "--wait")).contains("cluster management is resumed");

        assertThat(cluster.tamada("restart", scope, standby.name(), "--force"))
                .contains("Success: restart on member " + standby.name());
        assertThat(cluster.tamada("reload", scope, "--force"))
                .contains("Reload request received for member " + primary.name());
        assertThat(cluster.tamada("reinit", scope, standby.name(), "--force", "--wait"))
                .contains("Success: reinitialize for member " + standby.name())
                .contains("Reinitialize is completed on: " + standby.name());
        cluster.awaitOnePrimaryAndStreaming(3, BACK);

        assertThat(cluster.tamada("switchover", "--candidate", standby.name(), "--force"))
                .contains("Successfully switched over to \"" + standby.name() + "\"");
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(standby);
    }

    @Test
    void aHealthyLeaderIsNotFailedOverWithoutForceAndADeadOneIs() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode standby = cluster.others(primary).getFirst();
        assertThatThrownBy(() -> cluster.tamada("failover", "--candidate", standby.name()))
                .hasMessageContaining("ended with 1")
                .hasMessageContaining("leads and is well");
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);

        assertThat(cluster.tamada("failover", "--candidate", standby.name(), "--force"))
                .contains("over to \"" + standby.name() + "\"");
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(standby);
    }

    @Test
    void theConfigurationIsEditedShownAndChecked() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        cluster.awaitOnePrimaryAndStreaming(3, BACK);

        assertThat(cluster.tamada("edit-config", "-s", "maximum_lag_on_failover=7", "--force"))
                .contains("+maximum_lag_on_failover: 7", "Configuration changed");
        assertThat(cluster.patronictl("show-config")).contains("maximum_lag_on_failover: 7");
        assertThat(cluster.tamada("edit-config", "-p", "work_mem=8MB", "--force", cluster.scope()))
                .contains("+    work_mem: 8MB", "Configuration changed");
        assertThat(cluster.tamada("edit-config", "-p", "work_mem=8MB", "--force"))
                .contains("Not changed");
        assertThatThrownBy(() -> cluster.tamada("edit-config", "-p", "work_mem=lots", "--force"))
                .hasMessageContaining("ended with 1")
                .hasMessageContaining("work_mem: PostgreSQL would not start with it");
        assertThat(cluster.tamada("show-config").strip())
                .isEqualTo(cluster.patronictl("show-config").strip());
        assertThat(cluster.tamada("edit-config", "-p", "work_mem=null", "--force"))
                .contains("-    work_mem: 8MB");

        cluster.patronictl("edit-config", "-s", "maximum_lag_on_failover=9", "--force");
        Await.until(
                "what patronictl has changed in the history",
                BACK,
                () ->
                        cluster.tamada("show-config", "--history")
                                .contains("maximum_lag_on_failover: 7 -> 9"),
                () -> cluster.tamada("show-config", "--history"));
        assertThat(cluster.tamada("pause", "--wait")).contains("Success");
        assertThat(cluster.tamada("resume", "--wait")).contains("Success");
        List<String> all =
                cluster.tamada("show-config", "--history", "-f", "tsv").lines().skip(1).toList();
        assertThat(all).hasSizeGreaterThanOrEqualTo(6);
        // The cluster has had other tests before.
        List<String> changes = all.subList(all.size() - 6, all.size());
        String me = System.getProperty("user.name") + "@";
        assertThat(changes.get(0)).contains(me, "tamada edit-config", "maximum_lag_on_failover");
        assertThat(changes.get(1)).contains(me, "postgresql.parameters.work_mem: none -> \"8MB\"");
        assertThat(changes.get(3)).contains("unknown", "past this tool", "7 -> 9");
        assertThat(changes.get(4)).contains(me, "PATCH /config", "pause: none -> true");
        assertThat(changes.get(5)).contains("pause: true -> none");
        assertThat(cluster.patronictl("history")).doesNotContain("config");
        assertThat(cluster.patronictl("show-config").strip())
                .isEqualTo(cluster.tamada("show-config").strip());
    }

    @Test
    void aServerIsAskedAndItsAddressAndVersionAreShown() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode standby = cluster.others(primary).getFirst();

        for (String[] whom : new String[][] {{}, {"-r", "replica"}, {"-m", standby.name()}}) {
            assertThat(cluster.tamada("dsn", whom)).isEqualTo(cluster.patronictl("dsn", whom));
        }
        String password = Sql.PASSWORD + "\\n";
        String[] question = {
            "--password", "-U", "postgres", "-c", "SELECT 1 AS a, NULL AS b, pg_is_in_recovery()"
        };
        assertThat(cluster.tamadaTold(password, NO_VARIABLE, "query", question))
                .contains("a\tb\tpg_is_in_recovery\n1\tNone\tFalse\n");
        assertThat(
                        cluster.tamadaTold(
                                password,
                                NO_VARIABLE,
                                "query",
                                "--password",
                                "-U",
                                "postgres",
                                "-r",
                                "replica",
                                "-c",
                                "SELECT pg_is_in_recovery()",
                                "--format",
                                "json"))
                .contains("[{\"pg_is_in_recovery\": true}]");
        assertThat(
                        cluster.tamadaTold(
                                password,
                                NO_VARIABLE,
                                "query",
                                "--password",
                                "-U",
                                "postgres",
                                "-c",
                                "SELECT nonsense"))
                .contains("\tERROR, SQLSTATE: 42703\n");
        assertThat(cluster.tamada("version", cluster.scope(), standby.name()))
                .contains(standby.name() + ": Patroni 4.1.0 PostgreSQL 1")
                .doesNotContain(primary.name() + ":");
    }

    @Test
    void plansAreTakenBack() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode standby = cluster.others(primary).getFirst();
        String scope = cluster.scope();

        assertThat(cluster.tamada("flush", scope, "switchover"))
                .isEqualTo("No pending scheduled switchover\n");
        cluster.tamada(
                "switchover",
                "--candidate",
                standby.name(),
                "--scheduled",
                "2099-01-01T00:00:00+00:00",
                "--force");
        assertThat(cluster.tamada("list")).contains("Switchover scheduled at: 2099-01-01");
        assertThat(cluster.tamada("flush", scope, "switchover"))
                .isEqualTo("Success: scheduled switchover deleted\n");
        assertThat(cluster.tamada("list")).doesNotContain("scheduled at");

        cluster.tamada(
                "restart",
                scope,
                standby.name(),
                "--scheduled",
                "2099-01-01T00:00:00+00:00",
                "--force");
        Await.until(
                "the restart to be published",
                BACK,
                () ->
                        cluster.tamada("flush", scope, standby.name(), "restart", "--force")
                                .contains(
                                        "Success: flush scheduled restart for member "
                                                + standby.name()),
                () -> cluster.tamada("list", "-e"));
        assertThat(standby.rest("/patroni").body()).doesNotContain("scheduled_restart");
    }

    @Test
    void aClusterWhoseAgentsAreStoppedIsRemovedByOneWhoNamesIt() throws Exception {
        TestCluster cluster = CLUSTERS.planned(ClusterPlan.threeNodes().withNodes(1));
        cluster.start();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(1, BACK);
        String scope = cluster.scope();

        assertThatThrownBy(
                        () -> cluster.tamadaTold(scope + "\\nYes\\n", NO_VARIABLE, "remove", scope))
                .hasMessageContaining("ended with 1")
                .hasMessageContaining("You did not exactly type \"Yes I am aware\"");
        assertThatThrownBy(
                        () ->
                                cluster.tamadaTold(
                                        scope + "\\nYes I am aware\\nnobody\\n",
                                        NO_VARIABLE,
                                        "remove",
                                        scope))
                .hasMessageContaining("You did not specify the current leader of the cluster");
        assertThat(cluster.tamada("show-config")).contains("ttl");

        primary.stop(BACK);
        cluster.tamadaTold(scope + "\\nYes I am aware\\n", NO_VARIABLE, "remove", scope);
        assertThatThrownBy(() -> cluster.tamada("show-config"))
                .hasMessageContaining("has no configuration in etcd");
    }

    @Test
    void aServerThatRunsIsWrittenDownAsAConfigurationThatIsValid() throws Exception {
        TestCluster cluster = CLUSTERS.planned(ClusterPlan.threeNodes().withNodes(1));
        TestNode node = cluster.node("node1");
        Standalone.createAndStart(node);
        String file = cluster.directory().resolve("generated.yml").toString();

        cluster.tamada(
                "generate-config",
                "--dsn",
                "host=127.0.0.1 port=%d user=postgres password=%s"
                        .formatted(node.postgresPort(), Sql.PASSWORD),
                file);

        assertThat(Path.of(file))
                .content()
                .contains(
                        "data_dir: " + node.dataDirectory(),
                        "username: replicator",
                        "authentication:");
        assertThat(cluster.tamada("validate-config", file)).contains("valid, member ");
        Standalone.stop(node);
    }

    @Test
    void aClusterIsDemotedAndStandsAloneAgain() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        cluster.awaitOnePrimaryAndStreaming(3, BACK);

        assertThat(
                        cluster.tamada(
                                "demote-cluster", "--host", "127.0.0.1", "--port", "1", "--force"))
                .contains("cluster is successfully demoted", "Standby Leader");
        assertThatThrownBy(() -> cluster.tamada("demote-cluster", "--host", "h", "--force"))
                .hasMessageContaining("Cluster is already in the required state");

        assertThat(cluster.tamada("promote-cluster", "--force"))
                .contains("cluster is successfully promoted");
        cluster.awaitOnePrimaryAndStreaming(3, BACK);
    }

    @Test
    void whatAnEditorLeavesIsAppliedWhenItIsConfirmed() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        cluster.awaitOnePrimaryAndStreaming(3, BACK);
        String editing = "EDITOR=sed -i s/^ttl:.*/ttl:\\ 9/";

        assertThat(cluster.tamadaTold("n\\n", editing, "edit-config"))
                .contains("+ttl: 9", "Apply these changes? [y/N]: ")
                .doesNotContain("Configuration changed");
        assertThat(cluster.tamadaTold("y\\n", editing, "edit-config"))
                .contains("Configuration changed");
        assertThat(cluster.tamada("show-config")).contains("ttl: 9\n");
        assertThat(cluster.tamadaTold("ttl: 5\\n", editing, "edit-config", "--apply", "-"))
                .contains("+ttl: 5", "Use --force option to apply changes");
        assertThat(
                        cluster.tamadaTold(
                                "ttl: 5\\n", editing, "edit-config", "--apply", "-", "--force"))
                .contains("Configuration changed");
    }

    private static void awaitWithout(TestCluster cluster, String command, String text) {
        Await.until(
                command + " without " + text,
                BACK,
                () -> !cluster.tamada(command).contains(text),
                () -> cluster.tamada(command));
    }
}
