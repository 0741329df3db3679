package io.tamada.chaos.cluster.comparison;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the comparison of several pairs of sides has found.
final class Findings {

    private final List<Expected> expected;
    private final Set<Expected> occurred = new LinkedHashSet<>();
    private final Set<Expected> possible = new LinkedHashSet<>();
    private final List<String> unexplained = new ArrayList<>();
    private final StringBuilder report = new StringBuilder();

    Findings(List<Expected> expected) {
        this.expected = List.copyOf(expected);
    }

    /// @param operator of the second side.
    void compare(String operator, Map<String, Seen> patroni, Map<String, Seen> tamada) {
        patroni.forEach(
                (step, theirs) -> {
                    expected.stream()
                            .filter(each -> each.concerns(operator, step))
                            .forEach(possible::add);
                    Seen ours = tamada.get(step);
                    if (ours == null) {
                        throw new IllegalStateException("not run on the other side: " + step);
                    }
                    for (String line : theirs.differences(ours)) {
                        judge(operator, step, line);
                    }
                });
    }

    private void judge(String operator, String step, String line) {
        List<Expected> why =
                expected.stream().filter(each -> each.explains(operator, step, line)).toList();
        occurred.addAll(why);
        String finding = "%-10s %s%n    %s%n".formatted(operator, step, line);
        if (why.isEmpty()) {
            unexplained.add(finding);
        }
        report.append(finding)
                .append("    because: ")
                .append(why.isEmpty() ? "?" : why.getFirst().row())
                .append('\n');
    }

    /// Differences that nothing in the list explains.
    List<String> unexplained() {
        return List.copyOf(unexplained);
    }

    /// What is listed for a step that was run, and was not seen.
    List<Expected> vanished() {
        return possible.stream().filter(each -> !occurred.contains(each)).toList();
    }

    /// Everything that was found, with its row.
    String report() {
        return report.toString();
    }
}
