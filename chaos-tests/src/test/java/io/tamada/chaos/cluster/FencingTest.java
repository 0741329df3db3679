package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the guard does for a cluster when an agent alone is lost.
class FencingTest {

    private static final Duration BACK = Duration.ofSeconds(30);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aPrimaryWhoseAgentIsKilledAcknowledgesNothingOnceAnotherLeads() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, old));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        long killed = System.nanoTime();
        old.killAgent();
        ledger.awaitWriteAfter(
                cluster.awaitPrimaryOtherThan(old, BACK).name(), killed, old.name(), BACK);
        assertThat(Processes.ofInstance(old.dataDirectory())).isEmpty();

        old.start();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        assertNoOverlap(ledger.end(), old, primary, killed);
    }

    @Test
    void anAgentThatSleepsForTwoTtlsFindsItsServerEndedAndRejoins() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, old));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        long stopped = System.nanoTime();
        old.agent().signal(Signals.STOP);
        Await.pause(Duration.ofSeconds(2L * cluster.plan().ttlSeconds()));
        assertThat(Processes.ofInstance(old.dataDirectory())).isEmpty();
        old.agent().signal(Signals.CONT);

        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        assertThat(old.rest("/patroni").json().at("/tamada/guard/state").asText())
                .isEqualTo("ready");
        assertNoOverlap(ledger.end(), old, primary, stopped);
    }

    private static void assertNoOverlap(
            LedgerReport report, TestNode old, TestNode primary, long fault) {
        assertThat(report.servers()).containsExactly(old.name(), primary.name());
        LedgerReport.Tenure last = report.tenures().getFirst();
        LedgerReport.Tenure next = report.tenures().getLast();
        System.out.printf(
                "last write acknowledged %.2f s after the fault, the next elsewhere %.2f s later%n",
                (last.lastNanos() - fault) / 1e9, (next.firstNanos() - last.lastNanos()) / 1e9);
        assertThat(next.firstNanos()).isGreaterThan(last.lastNanos());
    }
}
