package io.tamada.agent.demo;

import io.tamada.agent.haproxy.ClusterDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The table of members: pure, so that a test can read it.
final class MembersTable {

    private static final List<String> HEAD =
            List.of("MEMBER", "ROLE", "STATE", "TIMELINE", "LAG", "POSTGRESQL", "REST");

    private static final String UNKNOWN = "-";

    private MembersTable() {}

    /// One line of the table, as the demo knows it.
    ///
    /// @param member what the cluster says of it, or null where it says nothing
    /// @param absence why it cannot be running (`killed, back in 7 s`), or null
    record Row(
            String name,
            int postgresPort,
            int restPort,
            ClusterDocument.@Nullable Member member,
            @Nullable String absence) {

        /// A killed node is still in the cluster's list until its lease ends; we know better.
        private List<String> cells() {
            ClusterDocument.Member seen = absence == null ? member : null;
            return List.of(
                    name,
                    seen == null ? UNKNOWN : seen.role(),
                    absence != null ? absence : seen == null ? "starting" : seen.state(),
                    seen == null ? UNKNOWN : text(seen.timeline()),
                    seen == null || seen.leads() ? UNKNOWN : bytes(seen.lagBytes()),
                    "127.0.0.1:" + postgresPort,
                    "127.0.0.1:" + restPort);
        }

        /// What makes a line worth printing again where nothing redraws: not the lag, which never
        /// stands still, nor a count of seconds.
        private String story() {
            List<String> cells = cells();
            return name + cells.get(1) + (absence == null ? cells.get(2) : "absent") + cells.get(3);
        }
    }

    static List<String> render(List<Row> rows) {
        var table = new ArrayList<List<String>>();
        table.add(HEAD);
        for (Row row : rows) {
            table.add(row.cells());
        }
        int[] widths = new int[HEAD.size()];
        for (List<String> cells : table) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], cells.get(column).length());
            }
        }
        var lines = new ArrayList<String>();
        for (List<String> cells : table) {
            var line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                line.append("  ").append(cells.get(column));
                line.repeat(' ', widths[column] - cells.get(column).length());
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /// Equal for two tables that tell the same story.
    static String story(List<Row> rows) {
        var story = new StringBuilder();
        for (Row row : rows) {
            story.append(row.story()).append(';');
        }
        return story.toString();
    }

    private static String text(OptionalLong value) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : UNKNOWN;
    }

    private static String bytes(OptionalLong value) {
        return value.isPresent()
                ? String.format(Locale.ROOT, "%,d B", value.getAsLong())
                : "unknown";
    }
}
