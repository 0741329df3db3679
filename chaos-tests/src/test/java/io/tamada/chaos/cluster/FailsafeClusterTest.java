package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Real processes in failsafe mode, and no etcd.
class FailsafeClusterTest {

    private static final Duration BACK = Duration.ofSeconds(60);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aPrimaryWritesOnForThreeTtlWithoutEtcdWhileStandbysAreRestarted() {
        TestCluster cluster =
                CLUSTERS.whole(ClusterPlan.threeNodes().withDcs("failsafe_mode", "true"));
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        awaitFailsafeKey(cluster);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, primary));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);
        TestNode standby = cluster.others(primary).getFirst();
        Duration ttl = Duration.ofSeconds(cluster.plan().ttlSeconds());

        cluster.etcd().killAll();
        Await.pause(ttl.multipliedBy(2));
        assertThat(primary.rest("/primary").status()).isEqualTo(200);
        assertThat(primary.rest("/patroni").body()).contains("\"failsafe_mode_is_active\":true");
        assertThat(standby.rest("/patroni").body()).contains("\"failsafe_mode_is_active\":true");
        standby.killAgent();
        standby.start();
        Await.pause(ttl.multipliedBy(2));
        assertThat(primary.rest("/primary").status()).isEqualTo(200);
        TestNode rebooted = cluster.others(primary).getLast();
        rebooted.killHard();
        rebooted.start();
        Await.until(
                rebooted + " streams again, without etcd",
                BACK,
                () -> streaming(primary).contains(rebooted.name()),
                () -> streaming(primary));
        assertThat(primary.rest("/primary").status()).isEqualTo(200);
        cluster.etcd().startAll();

        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        LedgerReport report = ledger.end();
        System.out.printf("four ttl without etcd: %s%n", report);
        assertThat(report.servers()).containsExactly(primary.name());
        assertThat(report.longestGap()).isLessThan(Duration.ofSeconds(1));
        assertThat(report.missingOn(primary)).isEmpty();
    }

    @Test
    void aPrimaryWithoutEtcdStopsInTimeWhenOneMemberDoesNotAnswer() {
        TestCluster cluster =
                CLUSTERS.planned(ClusterPlan.threeNodes().withDcs("failsafe_mode", "true")).start();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        awaitFailsafeKey(cluster);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, primary));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);
        Duration ttl = Duration.ofSeconds(cluster.plan().ttlSeconds());

        cluster.etcd().killAll();
        Await.pause(ttl.multipliedBy(2));
        assertThat(primary.rest("/primary").status()).isEqualTo(200);
        cluster.others(primary).getFirst().killHard();
        long silent = System.nanoTime();
        Await.pause(ttl.plusSeconds(1));
        assertThat(primary.rest("/primary").status()).isEqualTo(503);
        long looked = System.nanoTime();
        LedgerReport report = ledger.end();
        long last = report.lastAcknowledgedBy(primary.name());
        assertThat(Duration.ofNanos(last - silent)).isLessThan(ttl);
        assertThat(last).isLessThan(looked);
        assertThat(report.servers()).containsExactly(primary.name());
    }

    private static String streaming(TestNode primary) {
        return Sql.peek(
                primary.postgresPort(),
                "SELECT string_agg(application_name, ',') FROM pg_stat_replication"
                        + " WHERE state = 'streaming'");
    }

    private static void awaitFailsafeKey(TestCluster cluster) {
        Await.value(
                "every member in the failsafe key",
                BACK,
                () -> {
                    String value = cluster.etcd().value(cluster.key("failsafe"));
                    boolean whole = true;
                    for (TestNode node : cluster.nodes()) {
                        whole &= value.contains('"' + node.name() + '"');
                    }
                    return whole
                            ? new Await.Seen.Yes<>(value)
                            : new Await.Seen.NotYet<>("the key says " + value);
                });
    }
}
