package io.tamada.chaos.cluster.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tamada.chaos.cluster.AgentProgram;
import io.tamada.chaos.cluster.ClusterPlan;
import io.tamada.chaos.cluster.Clusters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The same requests and commands to a cluster of Patroni and to two of Tamada, one with
/// `patronictl` and one with `tamada` as the operator's program, all at the same time.
class PatroniComparisonTest {

    private static final Path REPORTS = Path.of("target", "comparison");

    @RegisterExtension static final Clusters CLUSTERS = new Clusters();

    @Test
    void whatIsAskedAndTypedIsAnsweredAsByPatroniButForWhatIsListed() throws Exception {
        assumeTrue(Files.exists(AgentProgram.patroniPath()), "no patroni is installed");
        int major = AgentProgram.patroniMajor();
        Side patroni = side(AgentProgram.patroni(), Operator.patronictl());
        Side tamada = side(AgentProgram.tamada(), Operator.patronictl());
        Side ownCommands = side(AgentProgram.tamada(), Operator.tamada());

        boolean whole = Boolean.getBoolean("tamada.faults");
        List<Step> script = new ArrayList<>(Requests.script(whole, major >= 4));
        script.addAll(Commands.script(whole));
        Files.createDirectories(REPORTS);
        try {
            runAll(script, List.of(patroni, tamada, ownCommands));
        } finally {
            write("patroni", patroni);
            write("tamada", tamada);
            write("tamada-own-commands", ownCommands);
        }

        Findings findings = new Findings(ExpectedDifferences.beside(major));
        findings.compare("patronictl", patroni.seen(), tamada.seen());
        findings.compare("tamada", commands(patroni), commands(ownCommands));
        Files.writeString(REPORTS.resolve("differences.txt"), findings.report());
        assertThat(findings.unexplained()).as("differences that are not listed").isEmpty();
        assertThat(findings.vanished()).as("listed differences that are gone").isEmpty();
    }

    @Test
    void everyExpectedDifferenceHasARowInTheDocumentation() throws IOException {
        Path file = AgentProgram.launcher().resolveSibling("docs/patroni-differences.md");
        List<String> rows = Files.readAllLines(file);
        for (Expected expected : ExpectedDifferences.all()) {
            assertThat(rows)
                    .as("%s, for %s", file, expected)
                    .anyMatch(row -> row.startsWith("| " + expected.row()));
        }
    }

    private static Side side(AgentProgram program, Operator operator) {
        return new Side(
                CLUSTERS.planned(
                        ClusterPlan.threeNodes()
                                .withNodes(2)
                                .withProgram(program)
                                .withTimes(20, 1, 3),
                        "compared"),
                operator);
    }

    private static void runAll(List<Step> script, List<Side> sides) throws Exception {
        try (ExecutorService each = Executors.newFixedThreadPool(sides.size())) {
            List<Future<?>> running = new ArrayList<>();
            for (Side side : sides) {
                running.add(
                        each.submit(
                                () -> {
                                    side.begin();
                                    side.run(script);
                                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
    }

    private static Map<String, Seen> commands(Side side) {
        Map<String, Seen> some = new LinkedHashMap<>();
        side.seen()
                .forEach(
                        (step, seen) -> {
                            if (seen.type().isEmpty()) {
                                some.put(step, seen);
                            }
                        });
        return some;
    }

    private static void write(String name, Side side) throws IOException {
        StringBuilder text = new StringBuilder();
        side.seen()
                .forEach(
                        (step, seen) -> {
                            text.append(step).append('\n');
                            text.append("  ").append(seen.status()).append(' ');
                            text.append(seen.type()).append('\n');
                            seen.lines()
                                    .forEach(line -> text.append("  | ").append(line).append('\n'));
                        });
        Files.writeString(REPORTS.resolve(name + ".txt"), text);
        Files.writeString(REPORTS.resolve(name + "-times.txt"), side.times());
    }
}
