package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The commands of operators, on a live cluster.
class CliTest {

    private static final Duration BACK = Duration.ofSeconds(30);

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
        assertThat(cluster.tamada("resume", "--wait")).contains("cluster management is resumed");

        assertThat(cluster.tamada("restart", scope, standby.name(), "--force"))
                .contains("Success: restart for member " + standby.name());
        assertThat(cluster.tamada("reload", scope, "--force"))
                .contains("Success: reload for member " + primary.name());
        assertThat(cluster.tamada("reinit", scope, standby.name(), "--force"))
                .contains("Success: reinitialize for member " + standby.name());
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
    }
}
