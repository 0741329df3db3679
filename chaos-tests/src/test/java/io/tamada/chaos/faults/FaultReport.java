package io.tamada.chaos.faults;

import static java.util.Comparator.naturalOrder;

import io.tamada.chaos.cluster.Launched;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/// The page of results, from the lines of the results file and the table of rows.
final class FaultReport {

    private static final Duration ONE_COMMAND = Duration.ofSeconds(10);

    private FaultReport() {}

    /// @param results every repeat, in the order in which they ran.
    static String render(List<Result> results, List<Mended> mended) {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                # The long tier

                Faults done to three real nodes on one machine: PostgreSQL, etcd and agents as processes of their
                own, ttl 5, loop_wait 1, retry_timeout 2. Writers are pinned to every node, past any proxy, and
                write down when each write was sent and acknowledged, and on which timeline. In the rows marked *busy*
                there is also, on the primary: a client in a processor-bound statement whose next step is the commit, in
                short rounds and in one round that ends about when the lease does; a client in a COPY; a transaction
                and a COPY held open that commit as soon as another primary has acknowledged; and a backend that is
                SIGSTOPped with a write in its socket and let go at that moment. In the variants *postmaster-stopped* and
                *postmaster-killed* the busy backends are left without their postmaster.

                *Overlap* is how long two timelines were acknowledged at the same time, by one clock: the rule of the
                single writer is that it is zero. The one exception: a node that was frozen as a whole, its guard too,
                may acknowledge for up to 100 ms *after a thaw* where replication is asynchronous
                ([ADR 0007](adr/0007-guard-process.md)). *Outage* is the longest time without any acknowledged write. *Lost* are
                acknowledged rows that are gone at the end: none may be where replication is synchronous, and otherwise none
                that was acknowledged more than a second before the old primary's last, or before its postmaster was killed.

                """);
        text.append(runs(results));
        text.append(table(results, mended));
        text.append(failures(results, mended));
        text.append(
                """

                ## How to run it

                    ./tamada test --faults                                    everything, all repeats: hours
                    mvn -pl chaos-tests -am verify -Dtest=FaultTierTest -Dsurefire.failIfNoSpecifiedTests=false \\
                        -Dtamada.faults=true -Dtamada.faults.row='agent-stop' -Dtamada.faults.repeats=3

                The first chooses nothing, the second rows by a regular expression. Each repeat appends a line to
                `chaos-tests/target/faults/results.csv`; the committed lines are in [faults.csv](faults.csv). This page is
                written from that file by `mvn -pl chaos-tests -am verify -Dtest=FaultReportTest
                -Dsurefire.failIfNoSpecifiedTests=false -Dtamada.faults.write=true`, which first takes over the lines of
                `results.csv`. Failed lines stay; what was mended since is written in
                [faults-mended.csv](faults-mended.csv). A row that this machine or this version cannot run is skipped and says why.
                """);
        return text.toString();
    }

    private static String runs(List<Result> results) {
        if (results.isEmpty()) {
            return "No results yet.\n\n";
        }
        Set<String> builds = new LinkedHashSet<>();
        results.forEach(each -> builds.add(each.build()));
        long failed = results.stream().filter(each -> !each.passed()).count();
        return "%d repeats from %s to %s, of which %d failed. Two processors, %s, %s, Linux %s. Builds: %s.%n%n"
                .formatted(
                        results.size(),
                        results.stream().map(Result::at).min(naturalOrder()).orElse(""),
                        results.stream().map(Result::at).max(naturalOrder()).orElse(""),
                        failed,
                        version("/usr/lib/postgresql/15/bin/postgres", "--version"),
                        version("/usr/bin/etcd", "--version").replace(" Version:", ""),
                        version("uname", "-r"),
                        String.join(", ", builds));
    }

    private static String version(String... line) {
        return Launched.run(Launched.As.CALLER, Path.of("/"), ONE_COMMAND, List.of(line))
                .lines()
                .findFirst()
                .orElse("")
                .strip();
    }

    private static String table(List<Result> results, List<Mended> mended) {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                | row | variant | repeats | failed | overlap, worst | outage, median and worst | leader changed | lost, worst | after a thaw, worst |
                |---|---|---|---|---|---|---|---|---|
                """);
        List<Row> notRun = new ArrayList<>();
        for (Row row : Rows.all()) {
            Map<String, List<Result>> variants = variants(row, results);
            if (variants.values().stream().allMatch(List::isEmpty)) {
                notRun.add(row);
            }
            variants.forEach(
                    (variant, all) -> {
                        if (!all.isEmpty()) {
                            text.append(line(row, variant, all, mended));
                        }
                    });
        }
        text.append('\n');
        for (Row row : Rows.all()) {
            text.append("- `%s`%s: %s%n".formatted(row.name(), marked(row), row.meaning()));
        }
        if (!notRun.isEmpty()) {
            text.append("\nNot yet run: ");
            text.append(String.join(", ", notRun.stream().map(Row::name).toList()));
            text.append(".\n");
        }
        return text.toString();
    }

    private static String marked(Row row) {
        return row.clients() == Row.Clients.BUSY ? " (busy)" : "";
    }

    private static Map<String, List<Result>> variants(Row row, List<Result> results) {
        Map<String, List<Result>> found = new LinkedHashMap<>();
        for (Row.Variant variant : row.variants()) {
            found.put(
                    variant.name(),
                    results.stream()
                            .filter(
                                    each ->
                                            each.row().equals(row.name())
                                                    && each.variant().equals(variant.name()))
                            .toList());
        }
        return found;
    }

    private static String line(Row row, String variant, List<Result> all, List<Mended> mended) {
        long worstOverlap = worst(all, each -> each.judgement().overlap());
        long worstThaw = worst(all, each -> each.judgement().afterThaw());
        return "| %s | %s | %d | %s | %s | %s | %d | %d | %s |%n"
                .formatted(
                        row.name(),
                        variant,
                        all.size(),
                        failed(all, mended),
                        worstOverlap < 0 ? "" : worstOverlap + " ms",
                        worstOverlap < 0 ? "" : outage(all),
                        all.stream().filter(each -> each.leader().equals("changed")).count(),
                        worst(all, each -> each.judgement().lost()),
                        worstThaw < 0 ? "" : worstThaw + " ms");
    }

    private static String outage(List<Result> all) {
        return "%.1f s, %.1f s"
                .formatted(
                        median(all) / 1000.0,
                        worst(all, each -> each.judgement().outage()) / 1000.0);
    }

    private static String failed(List<Result> all, List<Mended> mended) {
        List<Result> failed = all.stream().filter(each -> !each.passed()).toList();
        boolean past =
                failed.stream().allMatch(f -> mended.stream().anyMatch(each -> each.covers(f)));
        return failed.size() + (past && !failed.isEmpty() ? ", mended since" : "");
    }

    private static long worst(List<Result> all, ToLongFunction<Result> what) {
        return all.stream().mapToLong(what).max().orElse(0);
    }

    private static long median(List<Result> all) {
        long[] sorted =
                all.stream().mapToLong(each -> each.judgement().outage()).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static String failures(List<Result> results, List<Mended> mended) {
        StringBuilder text = new StringBuilder();
        for (Result each : results) {
            if (!each.passed()) {
                text.append(
                        "- %s, %s, %s, repeat %d, build %s: %s%s%n"
                                .formatted(
                                        each.at(),
                                        each.row(),
                                        each.variant(),
                                        each.repeat(),
                                        each.build(),
                                        each.note(),
                                        how(each, mended)));
            }
        }
        return text.isEmpty() ? "" : "\n## What failed\n\n" + text;
    }

    private static String how(Result failure, List<Mended> mended) {
        return mended.stream()
                .filter(each -> each.covers(failure))
                .findFirst()
                .map(each -> "%n  - Mended since: %s".formatted(each.how()))
                .orElse("");
    }
}
