package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AdoptionTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final ClusterPlan TWO_NODES = ClusterPlan.threeNodes().withNodes(2);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aRunningServerIsTakenUpWithoutARestart() throws Exception {
        TestCluster cluster = CLUSTERS.planned(TWO_NODES);
        TestNode first = cluster.node("node1");
        Standalone.createAndStart(first);
        long postmaster = Processes.postmaster(first.dataDirectory());
        cluster.startEtcd();

        first.start();
        cluster.awaitOnePrimaryAndStreaming(1, SOON);
        assertThat(Processes.postmaster(first.dataDirectory())).isEqualTo(postmaster);
        cluster.node("node2").start();

        cluster.awaitOnePrimaryAndStreaming(2, SOON);
        assertKept(cluster);
    }

    @Test
    void aStoppedServerIsTakenUp() throws Exception {
        TestCluster cluster = CLUSTERS.planned(TWO_NODES);
        TestNode first = cluster.node("node1");
        Standalone.createAndStart(first);
        Standalone.stop(first);
        cluster.startEtcd();

        first.start();
        cluster.awaitOnePrimaryAndStreaming(1, SOON);
        cluster.node("node2").start();

        cluster.awaitOnePrimaryAndStreaming(2, SOON);
        assertKept(cluster);
    }

    private static void assertKept(TestCluster cluster) {
        for (TestNode node : cluster.nodes()) {
            assertThat(Sql.peek(node.postgresPort(), "SELECT a FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void aStandbyOfUnknownOriginIsNeverPromoted() throws Exception {
        TestCluster cluster = CLUSTERS.planned(TWO_NODES);
        TestNode origin = cluster.node("node1");
        TestNode copy = cluster.node("node2");
        Standalone.createAndStart(origin);
        Standalone.copyAsStandby(origin, copy);
        Standalone.stop(origin);
        cluster.startEtcd();

        Launched agent = copy.start();
        // It either waits or leaves; in both cases it must not become a primary.
        Duration watched = Duration.ofSeconds(2L * cluster.plan().ttlSeconds());
        long until = System.nanoTime() + watched.toNanos();
        while (System.nanoTime() < until && agent.isAlive()) {
            assertThat(copy.rest("/primary").status()).isNotEqualTo(200);
            assertThat(Sql.peek(copy.postgresPort(), "SELECT pg_is_in_recovery()"))
                    .isNotEqualTo("f");
            Await.pause(Duration.ofMillis(200));
        }

        assertThat(copy.dataDirectory().resolve("standby.signal")).exists();
        assertThat(agent.output()).contains("never promoted on adoption");
        assertThat(cluster.etcd().value(cluster.key("leader"))).isEmpty();
    }

    @Test
    void aForeignDataDirectoryIsRefusedAndLeftAlone() throws Exception {
        TestCluster cluster = CLUSTERS.planned(ClusterPlan.threeNodes().withNodes(1)).start();
        cluster.awaitOnePrimaryAndStreaming(1, TestCluster.BOOTSTRAP);
        TestNode foreign = cluster.addNode("node2");
        Standalone.createAndStart(foreign);
        Standalone.stop(foreign);
        Map<String, Long> before = files(foreign.dataDirectory());

        Launched agent = foreign.start();

        assertThat(agent.exitWithin(SOON)).isEqualTo(1);
        assertThat(agent.output())
                .contains("data directory")
                .contains(cluster.etcd().value(cluster.key("initialize")));
        assertThat(files(foreign.dataDirectory())).isEqualTo(before);
        cluster.awaitOnePrimaryAndStreaming(1, SOON);
    }

    /// Every file with the time of its last change.
    private static Map<String, Long> files(Path directory) throws IOException {
        TreeMap<String, Long> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                found.put(path.toString(), Files.getLastModifiedTime(path).toMillis());
            }
        }
        return found;
    }
}
