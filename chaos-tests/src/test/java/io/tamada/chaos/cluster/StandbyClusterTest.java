package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A cluster that follows another one: it copies it, follows it through a failover of its own
/// leader, and is promoted when the setting goes.
class StandbyClusterTest {

    private static final Duration BACK = Duration.ofSeconds(60);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    private static TestNode awaitStandbyLeader(TestCluster cluster) {
        AtomicReference<@Nullable TestNode> found = new AtomicReference<>();
        Await.until(
                "a standby leader whom the others follow",
                BACK,
                () -> {
                    int following = 0;
                    found.set(null);
                    for (TestNode node : cluster.nodes()) {
                        if (node.rest("/standby-leader").status() == 200) {
                            found.set(node);
                        } else if (node.rest("/replica").status() == 200
                                && node.rest("/patroni")
                                        .body()
                                        .contains("\"replication_state\":\"streaming\"")) {
                            following++;
                        }
                    }
                    return found.get() != null && following == cluster.nodes().size() - 1;
                },
                () -> cluster.nodes().getFirst().rest("/cluster").body());
        return Objects.requireNonNull(found.get());
    }

    private static void awaitRows(TestNode node, String rows) {
        Await.until(
                node + " to have " + rows + " rows",
                BACK,
                () -> Sql.peek(node.postgresPort(), "SELECT count(*) FROM far").equals(rows),
                () -> Sql.peek(node.postgresPort(), "SELECT count(*) FROM far"));
    }

    @Test
    void aStandbyClusterFollowsFailsOverAndIsPromoted() throws Exception {
        TestCluster site = CLUSTERS.whole(ClusterPlan.threeNodes().withNodes(1));
        TestNode main = site.awaitOnePrimaryAndStreaming(1, BACK);
        Sql.execute(main.postgresPort(), "CREATE TABLE far AS SELECT 1 AS n");

        TestCluster other =
                CLUSTERS.planned(
                        ClusterPlan.threeNodes()
                                .withNodes(2)
                                .withDcs(
                                        "standby_cluster",
                                        "{host: 127.0.0.1, port: %d}"
                                                .formatted(main.postgresPort())));
        other.start();
        TestNode leader = awaitStandbyLeader(other);
        TestNode second = other.others(leader).getFirst();
        awaitRows(second, "1");
        assertThat(leader.rest("/primary").status()).isEqualTo(503);
        assertThat(leader.rest("/patroni").json().path("role").asText())
                .isEqualTo("standby_leader");

        leader.killHard();
        Await.until(
                "the other member to lead the standby cluster",
                BACK,
                () -> second.rest("/standby-leader").status() == 200,
                () -> second.rest("/patroni").body());
        Sql.execute(main.postgresPort(), "INSERT INTO far VALUES (2)");
        awaitRows(second, "2");
        leader.start();
        assertThat(awaitStandbyLeader(other)).isSameAs(second);

        assertThat(other.tamada("promote-cluster", "--force"))
                .contains("cluster is successfully promoted");
        assertThat(other.awaitOnePrimaryAndStreaming(2, BACK)).isSameAs(second);
        Sql.execute(second.postgresPort(), "INSERT INTO far VALUES (3)");
        awaitRows(leader, "3");
    }
}
