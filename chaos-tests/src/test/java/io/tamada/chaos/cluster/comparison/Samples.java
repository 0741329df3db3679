package io.tamada.chaos.cluster.comparison;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a dashboard relies on: the names of metrics, their types and their labels.
final class Samples {

    private static final Pattern SAMPLE = Pattern.compile("^([a-z_]+) ?(?:\\{(.*)})? .*");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"[^\"]*\",?");

    private Samples() {}

    static SortedSet<String> of(String text) {
        SortedSet<String> lines = new TreeSet<>();
        for (String line : text.lines().toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (line.startsWith("# TYPE ")) {
                lines.add(line.substring(2));
            } else if (sample.matches()) {
                String labels = sample.group(2) == null ? "" : sample.group(2);
                lines.add(sample.group(1) + "{" + LABEL.matcher(labels).replaceAll("$1,") + "}");
            }
        }
        return lines;
    }
}
