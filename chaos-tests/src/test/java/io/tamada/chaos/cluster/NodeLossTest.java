package io.tamada.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeLossTest {

    private static final Duration BACK = Duration.ofSeconds(30);

    /// Rows that asynchronous replication may lose when a node dies under load: those
    /// acknowledged in its last moments.
    private static final Duration IN_FLIGHT = Duration.ofSeconds(1);

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void aClientIsWritingAgainAfterThePrimarysNodeIsKilled() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Ledger ledger =
                CLUSTERS.closing(
                        Ledger.begin(cluster, old).withClientThrough(cluster.proxy().writePort()));
        ledger.awaitWriteAfter(Ledger.CLIENT, System.nanoTime(), "", BACK);
        Await.pause(Duration.ofSeconds(1));

        long killed = System.nanoTime();
        old.killHard();
        long back = ledger.awaitWriteAfter(Ledger.CLIENT, killed, old.name(), BACK);
        System.out.printf(
                "node SIGKILL to a client's write elsewhere: %.2f s%n", seconds(killed, back));

        old.start();
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        LedgerReport report = ledger.end();
        System.out.println(report);
        assertThat(report.servers()).containsExactly(old.name(), primary.name());
        assertThat(report.missingOn(primary))
                .hasSizeLessThan(50)
                .allSatisfy(
                        lost -> {
                            assertThat(lost.server()).isEqualTo(old.name());
                            assertThat(lost.ackedNanos())
                                    .isGreaterThan(killed - IN_FLIGHT.toNanos());
                        });
    }

    @Test
    void aFormerPrimaryWithWalOfItsOwnReturnsByRewind() throws Exception {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode old = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Sql.execute(old.postgresPort(), "CREATE TABLE IF NOT EXISTS apart (a int)");
        awaitTableOnStandbys(cluster, old);
        Object file = fileKey(old.dataDirectory().resolve("PG_VERSION"));

        writeUnsent(old);
        old.killHard();
        TestNode primary = cluster.awaitPrimaryOtherThan(old, BACK);
        Sql.execute(primary.postgresPort(), "INSERT INTO apart VALUES (2)");
        int before = old.agent().output().length();
        old.start();

        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        assertThat(old.agent().output().substring(before)).containsIgnoringCase("rewind");
        assertThat(fileKey(old.dataDirectory().resolve("PG_VERSION")))
                .as("a rewound directory keeps its files, a new clone has others")
                .isEqualTo(file);
        Await.until(
                "the row written apart to be gone from " + old,
                BACK,
                () -> rowsApart(old).equals(List.of("2")),
                () -> rowsApart(old).toString());
    }

    /// Asynchronous standbys: what was made a moment ago need not be there yet.
    private static void awaitTableOnStandbys(TestCluster cluster, TestNode primary) {
        for (TestNode standby : cluster.others(primary)) {
            Await.until(
                    "the table to be on " + standby,
                    BACK,
                    () -> rowsApart(standby).isEmpty(),
                    () -> rowsApart(standby).toString());
        }
    }

    /// WAL that no standby gets: what carries it away is stopped first.
    private static void writeUnsent(TestNode primary) throws SQLException {
        for (long pid : Processes.ofInstance(primary.dataDirectory())) {
            if (Processes.title(pid).contains("walsender")) {
                Signals.STOP.to(pid);
            }
        }
        Sql.execute(
                primary.postgresPort(), "INSERT INTO apart SELECT 1 FROM generate_series(1, 1000)");
    }

    private static List<String> rowsApart(TestNode node) {
        try {
            return Sql.column(node.postgresPort(), "SELECT DISTINCT a FROM apart");
        } catch (SQLException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    @Test
    void aKilledPostmasterComesBackInPlaceOnTheSameTimeline() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        String timeline = timeline(primary);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, primary));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        long postmaster = Processes.postmaster(primary.dataDirectory());
        long killed = System.nanoTime();
        primary.killPostmaster();
        long back =
                ledger.awaitAnyWriteAfter(primary.awaitPostmasterOtherThan(postmaster, BACK), BACK);
        System.out.printf(
                "postmaster SIGKILL to writable in place: %.2f s%n", seconds(killed, back));

        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        LedgerReport report = ledger.end();
        assertThat(report.servers()).containsExactly(primary.name());
        assertThat(timeline(primary)).isEqualTo(timeline);
        assertThat(report.missingOn(primary)).isEmpty();
    }

    @Test
    void aLostStandbyCostsTheClientsNothingAndComesBack() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        TestNode lost = cluster.others(primary).getFirst();
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, primary));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        lost.killHard();
        // Longer than its member key lives.
        Await.pause(Duration.ofSeconds(cluster.plan().ttlSeconds() + 1L));
        assertThat(cluster.awaitOnePrimaryAndStreaming(2, BACK)).isSameAs(primary);
        lost.start();

        assertThat(cluster.awaitOnePrimaryAndStreaming(3, BACK)).isSameAs(primary);
        LedgerReport report = ledger.end();
        assertThat(report.servers()).containsExactly(primary.name());
        assertThat(report.longestGap()).isLessThan(Duration.ofSeconds(1));
        assertThat(report.missingOn(primary)).isEmpty();
    }

    @Test
    void aClusterThatLosesPowerComesBackWithEveryRow() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode before = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, before));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);
        Await.pause(Duration.ofSeconds(1));
        LedgerReport report = ledger.end();

        cluster.nodes().forEach(TestNode::killHard);
        cluster.nodes().forEach(TestNode::start);

        TestNode after = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        assertThat(report.missingOn(after)).isEmpty();
    }

    @Test
    void aClusterThatIsStoppedInOrderComesBackWithEveryRow() {
        TestCluster cluster = CLUSTERS.whole(ClusterPlan.threeNodes());
        TestNode before = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        Ledger ledger = CLUSTERS.closing(Ledger.begin(cluster, before));
        ledger.awaitAnyWriteAfter(System.nanoTime(), BACK);

        cluster.nodes().forEach(node -> node.agent().signal(Signals.TERM));
        var codes =
                cluster.nodes().stream()
                        .collect(
                                Collectors.toMap(
                                        TestNode::name, node -> node.agent().exitWithin(BACK)));
        LedgerReport report = ledger.end();
        assertThat(codes.values()).containsOnly(0);
        assertThat(cluster.nodes())
                .allSatisfy(
                        node -> assertThat(Processes.ofInstance(node.dataDirectory())).isEmpty());
        cluster.nodes().forEach(TestNode::start);

        TestNode after = cluster.awaitOnePrimaryAndStreaming(3, BACK);
        assertThat(report.missingOn(after)).isEmpty();
    }

    private static String timeline(TestNode node) {
        return Sql.peek(
                node.postgresPort(), "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)");
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }
}
