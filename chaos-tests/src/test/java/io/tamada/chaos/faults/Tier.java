package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Await;
import io.tamada.chaos.cluster.ClusterPlan;
import io.tamada.chaos.cluster.EtcdRoute;
import io.tamada.chaos.cluster.Ledger;
import io.tamada.chaos.cluster.LedgerReport;
import io.tamada.chaos.cluster.TestCluster;
import io.tamada.chaos.cluster.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Runs repeats of rows. The cluster of a row lives from repeat to repeat while they pass, so that
/// each begins with what the one before has left; after a failure its logs are kept and the next
/// repeat begins with a new one.
final class Tier implements AutoCloseable {

    private static final Path KEPT = Path.of("target", "faults").toAbsolutePath();
    private static final Duration WHOLE_AGAIN = Duration.ofSeconds(60);
    private static final Duration LOAD_BEFORE = Duration.ofMillis(700);

    private final Machine machine = new Machine();
    private final String build = Results.build();
    private int clusters;
    private @Nullable TestCluster cluster;
    private @Nullable ClusterPlan plan;
    private Row.Preparation preparation = Row.Preparation.NONE;

    Machine machine() {
        return machine;
    }

    /// One repeat. Its result is appended to the results file and returned, whatever it is.
    Result run(Row row, int repeat) {
        Row.Variant variant = row.variant(repeat);
        long seed = ThreadLocalRandom.current().nextLong() >>> 16;
        Result result;
        try {
            result = attempt(row, variant, repeat, seed);
        } catch (Exception | AssertionError e) {
            result =
                    result(
                            row,
                            variant,
                            repeat,
                            seed,
                            new Judgement(-1, -1, -1, -1, -1, 0, 0, List.of(e.toString())),
                            "unknown");
        }
        Results.append(result);
        System.out.println(result.line());
        if (!result.passed()) {
            endAfterFailure(row, variant, repeat);
        }
        return result;
    }

    private Result attempt(Row row, Row.Variant variant, int repeat, long seed) throws Exception {
        TestCluster here = clusterFor(row);
        int nodes = here.nodes().size();
        TestNode primary = here.awaitOnePrimaryAndStreaming(nodes, TestCluster.BOOTSTRAP);
        switch (here.plan().dcs().getOrDefault("synchronous_mode", "off")) {
            case Rows.SYNCHRONOUS -> here.awaitSynchronousStandbys("sync", 1, WHOLE_AGAIN);
            case Rows.QUORUM -> here.awaitSynchronousStandbys("quorum", nodes - 1, WHOLE_AGAIN);
            default -> {}
        }
        SplittableRandom random = new SplittableRandom(seed);
        LedgerReport report;
        Scene scene;
        TestNode after;
        try (Ledger ledger = Ledger.begin(here, primary).withPatientWriters()) {
            Duration ttl = Duration.ofSeconds(here.plan().ttlSeconds());
            try (BusyClients clients =
                    row.clients() == Row.Clients.BUSY
                            ? BusyClients.begin(ledger, primary, ttl, random)
                            : null) {
                ledger.awaitAnyWriteAfter(System.nanoTime(), WHOLE_AGAIN);
                Await.pause(LOAD_BEFORE);
                scene = new Scene(here, primary, ledger, machine.network(), clients, random);
                variant.fault().inflict(scene);
                if (clients != null) {
                    clients.release();
                }
                after = here.awaitOnePrimaryAndStreaming(nodes, WHOLE_AGAIN);
                ledger.awaitAnyWriteAfter(System.nanoTime(), WHOLE_AGAIN);
            }
            report = ledger.end();
        }
        Judgement judgement =
                Judge.judge(
                        new Evidence(
                                report,
                                scene.faultNanos(),
                                scene.thawNanos(),
                                scene.replicationEndNanos(),
                                primary.name(),
                                report.missingOn(after)),
                        row.expectation());
        return result(
                row, variant, repeat, seed, judgement, after == primary ? "stayed" : "changed");
    }

    private Result result(
            Row row,
            Row.Variant variant,
            int repeat,
            long seed,
            Judgement judgement,
            String leader) {
        return new Result(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                build,
                row.name(),
                variant.name(),
                repeat,
                seed,
                judgement,
                leader,
                String.join("; ", judgement.complaints()));
    }

    private TestCluster clusterFor(Row row) {
        ClusterPlan wanted = row.plan().apply(ClusterPlan.threeNodes());
        if (cluster != null && wanted.equals(plan) && row.preparation() == preparation) {
            return cluster;
        }
        endCluster();
        EtcdRoute route = machine.network().map(EtcdRoute.class::cast).orElse(EtcdRoute.DIRECT);
        TestCluster started = TestCluster.planned(wanted, "faults" + ++clusters, route);
        cluster = started;
        plan = wanted;
        preparation = row.preparation();
        preparation.on(started);
        return started.start();
    }

    private void endAfterFailure(Row row, Row.Variant variant, int repeat) {
        if (cluster != null) {
            String place = "%s-%s-%d".formatted(row.name(), variant.name(), repeat);
            System.out.println(cluster.keepLogs(KEPT.resolve(place)));
        }
        machine.network().ifPresent(NetworkFaults::heal);
        endCluster();
    }

    private void endCluster() {
        if (cluster != null) {
            cluster.close();
        }
        cluster = null;
        plan = null;
    }

    @Override
    public void close() {
        endCluster();
        machine.close();
    }

    /// The rows whose name has a match of `-Dtamada.faults.row=REGEX`; all without it.
    static List<Row> chosen() {
        String pattern = System.getProperty("tamada.faults.row", "");
        List<Row> found = new ArrayList<>();
        for (Row row : Rows.all()) {
            if (java.util.regex.Pattern.compile(pattern).matcher(row.name()).find()) {
                found.add(row);
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "tamada.faults.row: found %s, expected a match of one of %s"
                            .formatted(pattern, Rows.all().stream().map(Row::name).toList()));
        }
        return found;
    }

    /// `-Dtamada.faults.repeats=N`, or what the row's family has.
    static int repeats(Row row) {
        return Integer.getInteger("tamada.faults.repeats", row.family().repeats());
    }
}
