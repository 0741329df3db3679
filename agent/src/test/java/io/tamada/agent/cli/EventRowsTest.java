package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EventRowsTest {

    private static final String LATE =
            """
            {"seq":9,"time":"2026-03-01T12:00:09.000Z","kind":"decision","rule":"L710",\
            "sentence":"leading","because":"a reason","timeline":3,"leader":"a"}""";

    @Test
    void eventsOfSeveralMembersStandInTheOrderOfTheirTimes() {
        EventRows rows = new EventRows();
        rows.addLines("a", List.of(LATE, "{broken"));
        assertThat(
                        rows.add(
                                "b",
                                """
                                [{"seq":1,"time":"2026-03-01T12:00:05.000Z","kind":"leader",\
                                "before":"b"},
                                {"seq":2,"time":"2026-03-01T12:00:10.000Z","kind":"operation",\
                                "operation":"promote","result":"failed","reason":"no"}]"""))
                .isTrue();
        assertThat(rows.add("c", "<html>")).isFalse();
        assertThat(rows.add("c", "{}")).isFalse();

        assertThat(rows.write(Format.TSV, 10))
                .isEqualTo(
                        """
                        Time\tMember\tEvent\tRule\tWhat\tTL\tLeader
                        2026-03-01T12:00:05.000Z\tb\tleader\t\tnobody leads, before it b\t\t
                        2026-03-01T12:00:09.000Z\ta\tdecision\tL710\tleading: a reason\t3\ta
                        2026-03-01T12:00:10.000Z\tb\toperation\t\tpromote failed: no\t\t
                        """);
        assertThat(rows.write(Format.JSON, 1))
                .isEqualTo(
                        "[{\"member\": \"b\", \"seq\": 2, \"time\": \"2026-03-01T12:00:10.000Z\","
                                + " \"kind\": \"operation\", \"operation\": \"promote\","
                                + " \"result\": \"failed\", \"reason\": \"no\"}]\n");
    }
}
