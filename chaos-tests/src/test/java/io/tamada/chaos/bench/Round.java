package io.tamada.chaos.bench;

import io.tamada.chaos.cluster.Await;
import io.tamada.chaos.cluster.ClusterPlan;
import io.tamada.chaos.cluster.Ledger;
import io.tamada.chaos.cluster.LedgerReport;
import io.tamada.chaos.cluster.Processes;
import io.tamada.chaos.cluster.TestCluster;
import io.tamada.chaos.cluster.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// One cluster from its birth to the loss of a node, every metric once. A metric that could not
/// be taken is absent, and why is printed.
final class Round {

    private static final Duration BOUND = Duration.ofMinutes(2);
    private static final Duration UNTIL_IDLE = Duration.ofSeconds(10);
    private static final double KIB_A_MIB = 1024;

    private final TestCluster cluster;
    private final Map<Metric, Double> found = new EnumMap<>(Metric.class);

    private Round(TestCluster cluster) {
        this.cluster = cluster;
    }

    static Map<Metric, Double> run(ClusterPlan plan) {
        try (TestCluster cluster = TestCluster.planned(plan, "bench")) {
            Round round = new Round(cluster);
            try {
                round.measure();
            } catch (AssertionError e) {
                System.out.println("  the round ended early: " + e.getMessage());
            }
            return round.found;
        }
    }

    private void measure() {
        cluster.startEtcd();
        long begun = System.nanoTime();
        cluster.nodes().forEach(TestNode::start);
        TestNode primary = cluster.awaitOnePrimaryAndStreaming(3, BOUND);
        note(Metric.BOOTSTRAP, secondsSince(begun, System.nanoTime()));

        Await.pause(UNTIL_IDLE);
        note(Metric.MEMORY, pssMib(primary.agent().pid()));
        note(Metric.PRIMARY_REQUESTS, Requests.aSecond(primary.restPort(), "/primary"));
        note(Metric.FIRST_ANSWER, firstAnswer(cluster.others(primary).getFirst()));
        primary = killPostmaster(cluster.awaitOnePrimaryAndStreaming(3, BOUND));
        primary = lose(primary, Metric.HANDOVER);
        lose(primary, Metric.FAILOVER);
    }

    private static double firstAnswer(TestNode standby) {
        standby.stop(BOUND);
        long started = System.nanoTime();
        standby.start();
        Await.until(
                "a REST answer",
                BOUND,
                () -> standby.rest("/liveness").status() != 0,
                () -> "none");
        return secondsSince(started, System.nanoTime());
    }

    private TestNode killPostmaster(TestNode primary) {
        Ledger ledger = Ledger.begin(cluster, primary);
        ledger.awaitAnyWriteAfter(System.nanoTime(), BOUND);
        long postmaster = Processes.postmaster(primary.dataDirectory());
        long killed = System.nanoTime();
        primary.killPostmaster();
        long back =
                ledger.awaitAnyWriteAfter(
                        primary.awaitPostmasterOtherThan(postmaster, BOUND), BOUND);
        LedgerReport report = ledger.end();
        if (report.servers().size() == 1) {
            note(Metric.IN_PLACE, secondsSince(killed, back));
        } else {
            System.out.println("  not in place: " + report);
        }
        return cluster.awaitOnePrimaryAndStreaming(3, BOUND);
    }

    private TestNode lose(TestNode old, Metric metric) {
        Ledger ledger = Ledger.begin(cluster, old);
        ledger.awaitAnyWriteAfter(System.nanoTime(), BOUND);
        long lost = System.nanoTime();
        if (metric == Metric.HANDOVER) {
            old.stop(BOUND);
        } else {
            old.killHard();
        }
        TestNode next = cluster.awaitPrimaryOtherThan(old, BOUND);
        long back = ledger.awaitWriteAfter(next.name(), lost, old.name(), BOUND);
        ledger.close();
        note(metric, secondsSince(lost, back));
        old.start();
        return cluster.awaitOnePrimaryAndStreaming(3, BOUND);
    }

    private void note(Metric metric, double value) {
        found.put(metric, value);
        System.out.printf("  %s: %s %s%n", metric.sentence(), metric.format(value), metric.unit());
    }

    private static double pssMib(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
                if (line.startsWith("Pss:")) {
                    return Long.parseLong(line.replaceAll("\\D+", "")) / KIB_A_MIB;
                }
            }
            throw new AssertionError("no Pss in smaps_rollup of " + pid);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double secondsSince(long from, long to) {
        return (to - from) / 1e9;
    }
}
