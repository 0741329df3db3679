package io.tamada.chaos.cluster.comparison;

import java.util.ArrayList;
import java.util.List;

/// What has come of one step, freed of everything that differs from one cluster to the next.
///
/// @param status of the answer, or exit code.
/// @param type of the content; empty for a command.
/// @param lines of the body or the output.
record Seen(String status, String type, List<String> lines) {

    Seen {
        lines = List.copyOf(lines);
    }

    /// What another is different in, a line for each: `status 200 -> 503`, `type A -> B`, `- line`
    /// and `+ line` for what is missing and what is there instead.
    List<String> differences(Seen other) {
        List<String> found = new ArrayList<>();
        if (!status.equals(other.status)) {
            found.add("status " + status + " -> " + other.status);
        }
        if (!type.equals(other.type)) {
            found.add("type " + type + " -> " + other.type);
        }
        List<String> missing = without(lines, other.lines);
        List<String> more = without(other.lines, lines);
        missing.forEach(line -> found.add("- " + line));
        more.forEach(line -> found.add("+ " + line));
        if (missing.isEmpty() && more.isEmpty() && !lines.equals(other.lines)) {
            found.add("order of lines");
        }
        return found;
    }

    private static List<String> without(List<String> all, List<String> these) {
        List<String> left = new ArrayList<>(all);
        these.forEach(left::remove);
        return left;
    }
}
