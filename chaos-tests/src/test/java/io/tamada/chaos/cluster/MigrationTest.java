package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A live Patroni cluster becomes one of Tamada and goes back, node by node, on the same files,
/// the same data and the same keys, while clients write.
class MigrationTest {

    private static final Duration BACK = Duration.ofSeconds(60);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aPatroniClusterIsReplacedNodeByNodeAndGoesBack() {
        assumeTrue(Files.exists(Path.of("/usr/bin/patroni")), "no patroni is installed");
        TestCluster cluster =
                CLUSTERS.planned(
                        ClusterPlan.threeNodes()
                                .withProgram(AgentProgram.patroni())
                                .withTimes(20, 1, 3)
                                .withDcs("synchronous_mode", "true"));
        cluster.start();
        TestNode leader = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        cluster.awaitSynchronousStandbys("sync", 1, BACK);
        Ledger ledger =
                CLUSTERS.closing(
                        Ledger.begin(cluster, leader)
                                .withClientThrough(cluster.proxy().writePort()));
        ledger.awaitWriteAfter(Ledger.CLIENT, System.nanoTime(), "", BACK);

        leader = replaceAll(cluster, ledger, leader, AgentProgram.tamada());
        leader = replaceAll(cluster, ledger, leader, AgentProgram.patroni());

        LedgerReport report = ledger.end();
        System.out.println(report);
        System.out.printf(
                "longest time without a write: %.2f s%n", report.longestGap().toMillis() / 1e3);
        assertThat(report.missingOn(leader)).isEmpty();
        assertThat(report.servers())
                .as("one interruption for each of the two switchovers")
                .hasSize(3);
        assertThat(report.longestGap()).isLessThan(Duration.ofSeconds(cluster.plan().ttlSeconds()));
    }

    /// The standbys first, then the leader's place is taken by one of them.
    ///
    /// @return who leads then.
    private static TestNode replaceAll(
            TestCluster cluster, Ledger ledger, TestNode leader, AgentProgram program) {
        List<TestNode> standbys = cluster.others(leader);
        for (TestNode standby : standbys) {
            replace(cluster, standby, program);
            assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(leader);
        }
        TestNode next = synchronous(cluster, standbys);
        long asked = System.nanoTime();
        System.out.println(
                cluster.patronictl(
                        "switchover",
                        cluster.scope(),
                        "--master",
                        leader.name(),
                        "--candidate",
                        next.name(),
                        "--force"));
        ledger.awaitWriteAfter(Ledger.CLIENT, asked, leader.name(), BACK);
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(next);
        replace(cluster, leader, program);
        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(next);
        return next;
    }

    private static void replace(TestCluster cluster, TestNode node, AgentProgram program) {
        assertThat(node.stop(BACK)).isZero();
        node.nowRuns(program);
        node.start();
        System.out.println(node + " is now " + program.name());
        cluster.awaitSynchronousStandbys("sync", 1, BACK);
    }

    private static TestNode synchronous(TestCluster cluster, List<TestNode> standbys) {
        cluster.awaitSynchronousStandbys("sync", 1, BACK);
        return standbys.stream()
                .filter(standby -> standby.rest("/sync").status() == 200)
                .findFirst()
                .orElseThrow();
    }
}
