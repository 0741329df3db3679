package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.settings.YamlText;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void the_title_lies_in_the_upper_edge_and_numbers_are_on_the_right() {
        var table =
                new TextTable(
                        " Cluster: a ",
                        List.of("Member", "Lag in MB"),
                        Set.of("Lag in MB"),
                        List.of(List.of("node1", ""), List.of("n2", "16")));

        assertThat(table.text())
                .isEqualTo(
                        """
                        + Cluster: a --------+
                        | Member | Lag in MB |
                        +--------+-----------+
                        | node1  |           |
                        | n2     |        16 |
                        +--------+-----------+
                        """);
    }

    @Test
    void a_cell_of_two_lines_puts_an_edge_below_each_row() {
        var table =
                new TextTable(
                        "",
                        List.of("A", "B"),
                        Set.of(),
                        List.of(List.of("x", "1\n2"), List.of("y", "")));

        assertThat(table.text())
                .isEqualTo(
                        """
                        +---+---+
                        | A | B |
                        +---+---+
                        | x | 1 |
                        |   | 2 |
                        +---+---+
                        | y |   |
                        +---+---+
                        """);
    }

    @Test
    void machines_get_each_filled_cell_with_its_name() {
        List<List<Object>> rows =
                List.of(List.of("n1", 1, Map.of("nofailover", true)), List.of("n2", "", ""));
        List<String> columns = List.of("Member", "TL", "Tags");

        assertThat(Format.JSON.write("", columns, Set.of(), rows, false))
                .isEqualTo(
                        "[{\"Member\": \"n1\", \"TL\": 1, \"Tags\": {\"nofailover\": true}},"
                                + " {\"Member\": \"n2\"}]\n");
        assertThat(Format.YAML.write("", columns, Set.of(), rows, false))
                .isEqualTo("- Member: n1\n  TL: 1\n  Tags:\n    nofailover: true\n- Member: n2\n");
        assertThat(Format.TSV.write("", columns, Set.of(), rows, false))
                .isEqualTo("Member\tTL\tTags\nn1\t1\t{nofailover: true}\nn2\t\t\n");
    }

    @Test
    void text_that_would_be_read_as_something_else_is_quoted() {
        assertThat(YamlText.block(Map.of("b", "on", "a", "100", "c", List.of("x: y", "plain"))))
                .isEqualTo("a: '100'\nb: 'on'\nc:\n- 'x: y'\n- plain\n");
    }
}
