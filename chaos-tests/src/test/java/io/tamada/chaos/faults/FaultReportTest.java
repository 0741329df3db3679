package io.tamada.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.chaos.cluster.AgentProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Writes docs/faults.md with `-Dtamada.faults.write=true`.
class FaultReportTest {

    private static final Path DOCS = AgentProgram.launcher().resolveSibling("docs");

    @Test
    void aResultIsReadBackAsItWasWritten() {
        Result result =
                new Result(
                        "2026-01-02T03:04:05Z",
                        "abc",
                        "agent-kill",
                        "plain",
                        7,
                        42,
                        new Judgement(1, 2, 3, 4, 5, 6, 7, List.of("two, \"lines\"\nof it")),
                        "changed",
                        "two, \"lines\"\nof it");
        Result read = Result.parse(result.line());
        assertThat(read.line()).isEqualTo(result.line());
        assertThat(read.note()).isEqualTo("two lines of it");
        assertThat(read.passed()).isFalse();
    }

    @Test
    void everyCommittedResultIsOfARowAndVariantThatExist() throws IOException {
        takeOverNewResults();
        Set<String> known = new HashSet<>();
        for (Row row : Rows.all()) {
            row.variants().forEach(variant -> known.add(row.name() + "/" + variant.name()));
        }
        List<Result> results = Results.read(DOCS.resolve("faults.csv"));
        assertThat(results)
                .allSatisfy(each -> assertThat(known).contains(each.row() + "/" + each.variant()));
        List<Mended> mended = Mended.read(DOCS.resolve("faults-mended.csv"));
        assertThat(mended)
                .as("each explains a failure that is there")
                .allSatisfy(each -> assertThat(results).anyMatch(r -> explains(each, r)));
        if (Boolean.getBoolean("tamada.faults.write")) {
            Files.writeString(DOCS.resolve("faults.md"), FaultReport.render(results, mended));
        }
    }

    private static boolean explains(Mended mended, Result result) {
        return !result.passed() && mended.covers(result);
    }

    @Test
    void aFailureThatWasMendedStaysAndSaysHow() {
        Mended mended = new Mended("2026-01-02T03:04:05Z", "agent-kill", "plain", "a new guard");
        String before =
                FaultReport.render(List.of(failure("2026-01-02T03:04:05Z")), List.of(mended));
        assertThat(before).contains("agent-kill | plain | 1 | 1, mended since |");
        assertThat(before).contains("too late%n  - Mended since: a new guard".formatted());
        String after =
                FaultReport.render(List.of(failure("2026-01-02T03:04:06Z")), List.of(mended));
        assertThat(after).contains("agent-kill | plain | 1 | 1 |").doesNotContain("a new guard");
    }

    private static Result failure(String at) {
        return new Result(
                at,
                "abc",
                "agent-kill",
                "plain",
                7,
                42,
                new Judgement(1, 2, 3, 4, 5, 6, 7, List.of("too late")),
                "changed",
                "too late");
    }

    private static void takeOverNewResults() throws IOException {
        if (!Boolean.getBoolean("tamada.faults.write") || Files.notExists(Results.FILE)) {
            return;
        }
        Path committed = DOCS.resolve("faults.csv");
        List<String> before = Files.readAllLines(committed);
        List<String> added =
                Files.readAllLines(Results.FILE).stream()
                        .filter(line -> !before.contains(line))
                        .toList();
        Files.write(committed, added, StandardOpenOption.APPEND);
    }

    @Test
    void namesOfRowsAreUnique() {
        assertThat(Rows.all().stream().map(Row::name)).doesNotHaveDuplicates();
    }
}
