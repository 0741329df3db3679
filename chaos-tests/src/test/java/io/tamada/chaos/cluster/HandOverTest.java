package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HandOverTest {

    private static final Duration BACK = Duration.ofSeconds(30);

    /// How long a stopped standby holds up a fast shutdown; longer than the ttl.
    private static final int SENDER_TIMEOUT_SECONDS = 8;

    private static final ClusterPlan PLAN =
            ClusterPlan.threeNodes()
                    .withParameter("wal_sender_timeout", SENDER_TIMEOUT_SECONDS + "s");

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aLeaderThatIsToldToStopHandsOverAtOnce() {
        TestCluster cluster = CLUSTERS.whole(PLAN);
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, old));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        long told = System.nanoTime();
        assertThat(old.stop(BACK)).isZero();
        assertThat(Processes.ofInstance(old.dataDirectory())).isEmpty();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(2, BACK);
        long back = ledger.awaitWriteAfter(primary.name(), told, old.name(), BACK);
        old.start();

        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        LedgerReport report = ledger.end();
        System.out.printf(
                "SIGTERM to a write elsewhere: %.2f s, without writes %.2f s%n",
                (back - told) / 1e9, report.longestGap().toMillis() / 1e3);
        assertThat(report.servers()).containsExactly(old.name(), primary.name());
        assertThat(report.missingOn(primary)).isEmpty();
        assertThat(report.longestGap()).isLessThan(Duration.ofSeconds(cluster.plan().ttlSeconds()));
    }

    @Test
    void aStopThatOutlastsTheTtlKeepsTheLeaseUntilTheServerIsDown() {
        TestCluster cluster = CLUSTERS.whole(PLAN);
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode slow = cluster.others(old).getFirst();
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, old));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        // The shutdown waits for a standby that confirms nothing.
        long receiver = Processes.withTitle(slow.dataDirectory(), "walreceiver");
        Signals.STOP.to(receiver);
        Await.pause(Duration.ofMillis(200));
        long told = System.nanoTime();
        try {
            old.agent().signal(Signals.TERM);
            Duration downAfter =
                    Await.until(
                            "the server of " + old + " to be down",
                            BACK,
                            () -> {
                                // In this order: a server seen here was up when the key was read.
                                String leader = cluster.etcd().value(cluster.key("leader"));
                                boolean down = Processes.ofInstance(old.dataDirectory()).isEmpty();
                                assertThat(down || leader.equals(old.name()))
                                        .as("leader key %s while %s still runs", leader, old)
                                        .isTrue();
                                return down;
                            },
                            () -> Processes.ofInstance(old.dataDirectory()) + " still there");
            assertThat(downAfter)
                    .as("the stop that was to be slow")
                    .isGreaterThan(Duration.ofSeconds(cluster.plan().ttlSeconds()));
        } finally {
            Signals.CONT.to(receiver);
        }
        assertThat(old.agent().exitWithin(BACK)).isZero();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(2, BACK);
        long back = ledger.awaitWriteAfter(primary.name(), told, old.name(), BACK);
        System.out.printf("slow stop to a write elsewhere: %.2f s%n", (back - told) / 1e9);
        old.start();
        cluster.awaitOnePrimaryAndStreaming(3, BACK);

        LedgerReport report = ledger.end();
        assertThat(report.servers()).containsExactly(old.name(), primary.name());
        assertThat(report.missingOn(primary)).isEmpty();
    }

    @Test
    void anAgentThatComesBackWithinTheTtlTakesItsServerUpAgain() {
        TestCluster cluster = CLUSTERS.whole(PLAN);
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        long postmaster = Processes.postmaster(primary.dataDirectory());
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, primary));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        primary.killAgent();
        primary.start();
        // Long enough for the old lease to run out.
        Await.pause(Duration.ofSeconds(cluster.plan().ttlSeconds() + 2L));

        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        LedgerReport report = ledger.end();
        assertThat(Processes.postmaster(primary.dataDirectory())).isEqualTo(postmaster);
        assertThat(report.servers()).containsExactly(primary.name());
        assertThat(report.longestGap()).isLessThan(Duration.ofSeconds(1));
        assertThat(report.missingOn(primary)).isEmpty();
    }

    /// Nobody fences the server of an agent that is gone until the guard exists; clients behind
    /// the proxy are moved all the same.
    @Test
    void anAgentThatStaysAwayLosesItsClientsBehindTheProxy() {
        TestCluster cluster = CLUSTERS.whole(PLAN);
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Ledger ledger =
                CLUSTERS.closing(
                        Ledger.begin(cluster, old).withClientThrough(cluster.proxy().writePort()));
        ledger.awaitWriteAfter(Ledger.CLIENT, System.nanoTime(), "", BACK);

        long killed = System.nanoTime();
        old.killAgent();
        long back = ledger.awaitWriteAfter(Ledger.CLIENT, killed, old.name(), BACK);
        System.out.printf(
                "agent SIGKILL to a client's write elsewhere: %.2f s%n", (back - killed) / 1e9);
        TestNode primary = cluster.awaitPrimaryOtherThan(old, BACK);
        old.start();

        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        LedgerReport report = ledger.end();
        LedgerReport client = report.of(Ledger.CLIENT);
        assertThat(client.servers()).containsExactly(old.name(), primary.name());
        assertThat(report.missingOn(primary))
                .allSatisfy(lost -> assertThat(lost.server()).isEqualTo(old.name()));
        assertThat(client.missingOn(primary)).hasSizeLessThan(50);
    }

    @Test
    void aLeaderKeyDeletedByHandLeavesOnePrimary() {
        TestCluster cluster = CLUSTERS.whole(PLAN);
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, old));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        cluster.etcd().delete(cluster.key("leader"));
        Await.until(
                "somebody to hold the leader key",
                BACK,
                () -> !cluster.etcd().value(cluster.key("leader")).isEmpty(),
                () -> "nobody");
        TestNode after = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Await.pause(Duration.ofSeconds(1));

        LedgerReport report = ledger.end();
        System.out.println("leader key deleted: " + report);
        assertThat(report.servers()).hasSizeLessThanOrEqualTo(2);
        assertThat(report.missingOn(after)).isEmpty();
    }
}
