package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
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
        for (TestNode node : cluster.nodes()) {
            assertThat(Sql.peek(node.postgresPort(), "SHOW max_connections"))
                    .as("bootstrap.dcs counts from the first start of %s on", node)
                    .isEqualTo("50");
        }
        assertThat(
                        Sql.column(
                                primary.postgresPort(),
                                "SELECT slot_name FROM pg_replication_slots WHERE active"
                                        + " ORDER BY 1"))
                .containsExactlyElementsOf(
                        cluster.others(primary).stream().map(TestNode::name).sorted().toList());
    }

    @Test
    void patronictlListsMembersRolesStatesTimelinesAndLag() throws Exception {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        TestNode behind = cluster.others(primary).getFirst();

        JsonNode steady = list(cluster);

        assertThat(steady).hasSize(3);
        for (JsonNode member : steady) {
            TestNode node = cluster.node(member.path("Member").asText());
            assertThat(member.path("Host").asText()).endsWith(":" + node.postgresPort());
            assertThat(member.path("Role").asText())
                    .isEqualTo(node == primary ? "Leader" : "Replica");
            assertThat(member.path("State").asText()).isEqualTo("running");
            assertThat(member.path("TL").asInt()).isEqualTo(1);
        }

        long receiver = Processes.withTitle(behind.dataDirectory(), "walreceiver");
        Signals.STOP.to(receiver);
        try {
            Sql.execute(
                    primary.postgresPort(),
                    "CREATE TABLE lag AS SELECT repeat('x', 1000) FROM generate_series(1, 40000)");
            Await.until(
                    "patronictl to show the lag of " + behind,
                    Duration.ofSeconds(10),
                    () -> lag(list(cluster), behind) >= 20,
                    () -> list(cluster).toString());
        } finally {
            Signals.CONT.to(receiver);
        }
        Await.until(
                "patronictl to show no lag",
                Duration.ofSeconds(20),
                () -> lag(list(cluster), behind) == 0,
                () -> list(cluster).toString());
    }

    @Test
    void patronictlDrawsTheTopology() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);

        String drawn = cluster.patronictl("topology");

        assertThat(drawn).containsPattern("\\| " + primary.name() + " +\\|.* Leader ");
        for (TestNode standby : cluster.others(primary)) {
            assertThat(drawn).containsPattern("\\| \\+ " + standby.name() + " +\\|.* Replica ");
        }
    }

    /// In Patroni's JSON, in which a lag of nothing is 0 and the leader has none.
    private static JsonNode list(TestCluster cluster) {
        try {
            return new ObjectMapper().readTree(cluster.patronictl("list", "-f", "json"));
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new AssertionError("patronictl printed no JSON", e);
        }
    }

    private static int lag(JsonNode members, TestNode of) {
        for (JsonNode member : members) {
            if (member.path("Member").asText().equals(of.name())) {
                return member.path("Lag in MB").asInt(-1);
            }
        }
        return -1;
    }
}
