package io.tamada.chaos.cluster.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Tables of an operator's program as lines that can be compared cell by cell: a column more or a
/// longer word would otherwise make every line of the table another.
final class Tables {

    private static final Pattern RULE = Pattern.compile("\\+(?: (Cluster: .*?) )?-*[+-]*\\+?");
    private static final String ROW = "|";

    private Tables() {}

    static List<String> cells(List<String> output) {
        List<String> lines = new ArrayList<>();
        List<String> table = new ArrayList<>();
        for (String line : output) {
            if (line.startsWith("+") || line.startsWith(ROW)) {
                Matcher title = RULE.matcher(line);
                if (title.matches() && title.group(1) != null) {
                    end(table, lines);
                    lines.add("table " + title.group(1));
                }
                table.add(line);
            } else {
                end(table, lines);
                json(line, lines);
            }
        }
        end(table, lines);
        return lines;
    }

    private static void json(String line, List<String> lines) {
        SortedSet<String> values = line.startsWith("[{") ? Shape.of(line, true) : null;
        if (values == null) {
            lines.add(line);
        } else {
            lines.addAll(values);
        }
    }

    private static void end(List<String> table, List<String> lines) {
        List<List<String>> rows = new ArrayList<>();
        for (String line : table) {
            if (line.startsWith(ROW)) {
                rows.add(row(line));
            }
        }
        table.clear();
        if (rows.isEmpty()) {
            return;
        }
        List<String> head = rows.removeFirst();
        head.forEach(column -> lines.add("column " + column));
        String name = "";
        for (List<String> row : rows) {
            // What does not fit into a line goes on below it.
            name = row.getFirst().isEmpty() ? name : row.getFirst();
            for (int i = 1; i < row.size(); i++) {
                if (!row.get(i).isEmpty()) {
                    lines.add("cell " + name + " " + head.get(i) + ": " + row.get(i));
                }
            }
        }
    }

    private static List<String> row(String line) {
        List<String> cells = new ArrayList<>();
        for (String cell : line.substring(1, line.lastIndexOf(ROW)).split("\\|", -1)) {
            cells.add(cell.strip());
        }
        return cells;
    }
}
