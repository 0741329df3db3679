package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
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

    /// As after a power cut at a site whose etcd is elsewhere: what the cluster was configured with
    /// after its birth, and who led, is known from the disk alone.
    @Test
    void nodesThatComeUpWithoutEtcdServeReadersAsTheyWereConfigured() throws SQLException {
        TestCluster cluster = CLUSTERS.planned(ClusterPlan.threeNodes()).start();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        TestNode standby = cluster.others(primary).getFirst();
        Rest.Answer changed =
                Rest.command(
                        primary.restPort(),
                        "PATCH",
                        "/config",
                        """
                        {"postgresql": {"parameters": {"work_mem": "7MB", "max_connections": 123}}}
                        """);
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        Sql.execute(primary.postgresPort(), "CREATE TABLE kept AS SELECT 42 AS answer");
        for (TestNode node : List.of(primary, standby)) {
            Await.until(
                    "the record of " + node,
                    BACK,
                    () -> recorded(node).contains("7MB"),
                    () -> recorded(node));
            awaitAnswer(node, "SELECT answer FROM kept", "42");
        }

        cluster.etcd().killAll();
        for (TestNode node : cluster.nodes()) {
            node.killHard();
        }
        primary.start();
        standby.start();
        for (TestNode node : List.of(primary, standby)) {
            Await.until(
                    "/replica of " + node,
                    BACK,
                    () -> node.rest("/replica").status() == 200,
                    () -> node.rest("/patroni").body());
            assertThat(node.rest("/read-only").status()).isEqualTo(200);
            assertThat(node.rest("/primary").status()).isEqualTo(503);
            assertThat(Sql.column(node.postgresPort(), "SELECT answer FROM kept"))
                    .containsExactly("42");
            assertThat(Sql.column(node.postgresPort(), "SELECT pg_is_in_recovery()"))
                    .containsExactly("t");
            assertThat(Sql.column(node.postgresPort(), "SHOW work_mem")).containsExactly("7MB");
            assertThat(Sql.column(node.postgresPort(), "SHOW max_connections"))
                    .containsExactly("123");
        }

        cluster.etcd().startAll();
        for (TestNode node : cluster.nodes()) {
            if (node != primary && node != standby) {
                node.start();
            }
        }
        TestNode after = cluster.awaitOnePrimaryAndStreaming(3, TestCluster.BOOTSTRAP);
        assertThat(Sql.column(after.postgresPort(), "SELECT answer FROM kept"))
                .containsExactly("42");
    }

    private static void awaitAnswer(TestNode node, String query, String wanted) {
        Await.until(
                query + " on " + node,
                BACK,
                () -> Sql.peek(node.postgresPort(), query).equals(wanted),
                () -> Sql.peek(node.postgresPort(), query));
    }

    private static String recorded(TestNode node) {
        try {
            return Files.readString(
                    node.dataDirectory()
                            .resolveSibling(node.dataDirectory().getFileName() + ".tamada")
                            .resolve("cluster.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
