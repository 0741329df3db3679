package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BootstrapTest {

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void threeNodesFormOneCluster() throws Exception {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);

        Sql.execute(primary.postgresPort(), "CREATE TABLE IF NOT EXISTS first (a int)");

        assertThat(cluster.etcd().value(cluster.key("leader"))).isEqualTo(primary.name());
        assertThat(cluster.etcd().value(cluster.key("initialize")))
                .isEqualTo(
                        Sql.peek(
                                primary.postgresPort(),
                                "SELECT system_identifier FROM pg_control_system()"));
        assertThat(Sql.peek(primary.postgresPort(), "SHOW data_checksums")).isEqualTo("on");
    }

    @Test
    void patronictlShowsTheMembers() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        System.out.println(cluster.patronictl("list"));
        System.out.println(cluster.patronictl("topology"));
    }
}
