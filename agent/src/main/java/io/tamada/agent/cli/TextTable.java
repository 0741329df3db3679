package io.tamada.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A table in the frame that scripts know from patronictl: the title lies in the upper edge.
///
/// @param title empty for none.
/// @param right the columns that are aligned to the right.
record TextTable(
        String title, List<String> columns, Set<String> right, List<? extends List<String>> rows) {

    String text() {
        int[] widths = new int[columns.size()];
        boolean tall = false;
        measure(columns, widths);
        for (List<String> row : rows) {
            measure(row, widths);
            tall |= row.stream().anyMatch(cell -> cell.indexOf('\n') >= 0);
        }
        StringBuilder edge = new StringBuilder("+");
        for (int width : widths) {
            edge.append("-".repeat(width + 2)).append('+');
        }
        String shown = title.substring(0, Math.min(title.length(), edge.length() - 2));
        List<String> lines = new ArrayList<>();
        lines.add(edge.charAt(0) + shown + edge.substring(1 + shown.length()));
        add(columns, widths, lines);
        lines.add(edge.toString());
        for (List<String> row : rows) {
            add(row, widths, lines);
            if (tall) {
                lines.add(edge.toString());
            }
        }
        if (!tall) {
            lines.add(edge.toString());
        }
        return String.join("\n", lines) + "\n";
    }

    private static void measure(List<String> row, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            for (String line : row.get(i).split("\n", -1)) {
                widths[i] = Math.max(widths[i], line.codePointCount(0, line.length()));
            }
        }
    }

    private void add(List<String> row, int[] widths, List<String> lines) {
        int height = 1;
        for (String cell : row) {
            height = Math.max(height, cell.split("\n", -1).length);
        }
        for (int y = 0; y < height; y++) {
            StringBuilder line = new StringBuilder("|");
            for (int i = 0; i < widths.length; i++) {
                String[] parts = row.get(i).split("\n", -1);
                String part = y < parts.length ? parts[y] : "";
                String gap = " ".repeat(widths[i] - part.codePointCount(0, part.length()));
                boolean toRight = right.contains(columns.get(i));
                line.append(' ').append(toRight ? gap + part : part + gap).append(" |");
            }
            lines.add(line.toString());
        }
    }
}
