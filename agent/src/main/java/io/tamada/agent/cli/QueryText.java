package io.tamada.agent.cli;

import io.tamada.agent.postgres.MemberQuery.Answer.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes what a server has answered.
final class QueryText {

    private QueryText() {}

    static String of(Rows answer, Format format, String delimiter) {
        if (format == Format.TSV) {
            StringBuilder text =
                    new StringBuilder(String.join(delimiter, answer.columns())).append('\n');
            for (List<Object> row : words(answer)) {
                text.append(String.join(delimiter, row.stream().map(Object::toString).toList()))
                        .append('\n');
            }
            return text.toString();
        }
        return format.isForPeople()
                ? format.write("", answer.columns(), Set.of(), words(answer), true)
                : format.write("", answer.columns(), Set.of(), answer.rows(), true);
    }

    /// In Python's words, which scripts expect.
    private static List<List<Object>> words(Rows answer) {
        List<List<Object>> all = new ArrayList<>();
        for (List<@Nullable Object> row : answer.rows()) {
            List<Object> words = new ArrayList<>();
            for (Object cell : row) {
                words.add(
                        switch (cell) {
                            case null -> "None";
                            case Boolean truth -> truth ? "True" : "False";
                            default -> cell.toString();
                        });
            }
            all.add(words);
        }
        return all;
    }
}
