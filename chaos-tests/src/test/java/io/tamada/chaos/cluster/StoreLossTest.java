package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

class StoreLossTest {

    private static final Duration BACK = Duration.ofSeconds(30);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aPrimaryWithoutEtcdStopsAcknowledgingBeforeItsLeaseRunsOut() {
        TestCluster cluster = CLUSTERS.planned(ClusterPlan.threeNodes()).start();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, primary));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);
        Duration ttl = Duration.ofSeconds(cluster.plan().ttlSeconds());

        cluster.etcd().killAll();
        long lost = System.nanoTime();
        Await.pause(ttl.plusSeconds(2));
        assertThat(cluster.nodes())
                .allSatisfy(node -> assertThat(node.rest("/primary").status()).isEqualTo(503));
        long returned = System.nanoTime();
        cluster.etcd().startAll();

        TestNode after = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        long back = ledger.awaitAnyWriteAfter(returned, BACK);
        LedgerReport report = ledger.end();
        System.out.printf("etcd back to writable: %.2f s; %s%n", (back - returned) / 1e9, report);
        long lastBefore =
                report.acknowledged().stream()
                        .mapToLong(Ledger.Acknowledged::ackedNanos)
                        .filter(at -> at < returned)
                        .max()
                        .orElseThrow();
        assertThat(Duration.ofNanos(lastBefore - lost))
                .as("writes after the loss of etcd")
                .isLessThan(ttl)
                .isGreaterThan(Duration.ofSeconds(1));
        assertThat(report.servers().size()).isLessThanOrEqualTo(2);
        assertThat(report.missingOn(after)).isEmpty();
    }

    @Test
    void aStoppedEtcdEndpointOutOfThreeCostsNoLeader() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes().withEtcdMembers(3));
        stopEndpoint(cluster, 0);
    }

    @Test
    @EnabledIfSystemProperty(named = "tamada.faults", matches = "true")
    void itDoesNotMatterWhichEndpointStops() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes().withEtcdMembers(3));
        stopEndpoint(cluster, 1);
        stopEndpoint(cluster, 2);
    }

    private static void stopEndpoint(TestCluster cluster, int index) {
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, primary));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        cluster.etcd().signal(index, Signals.STOP);
        try {
            Await.pause(Duration.ofSeconds(cluster.plan().ttlSeconds() * 2L));
        } finally {
            cluster.etcd().signal(index, Signals.CONT);
        }

        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        LedgerReport report = ledger.end();
        assertThat(report.servers()).containsExactly(primary.name());
        assertThat(report.longestGap()).isLessThan(Duration.ofSeconds(1));
        assertThat(report.missingOn(primary)).isEmpty();
    }
}
