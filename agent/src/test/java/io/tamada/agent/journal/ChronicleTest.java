package io.tamada.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.decision.RuleId;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.postgres.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChronicleTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final Chronicle chronicle = new Chronicle();
    private Instant now = NOON;

    private List<String> news(
            @Nullable String leader, RuleId rule, String because, Operation operation) {
        Snapshot snapshot =
                Snapshots.of(
                        Snapshots.key(leader, 7),
                        new LeaderLease.Vacant(),
                        rule,
                        because,
                        operation);
        List<String> lines = new ArrayList<>();
        chronicle.news(snapshot, now).forEach(event -> lines.add(event.line(lines.size())));
        now = now.plusSeconds(1);
        return lines;
    }

    private List<String> news(String leader, RuleId rule, String because) {
        return news(leader, rule, because, new Operation.None());
    }

    @Test
    void aDecisionIsWrittenWhenItChangesAndNotWhenOnlyItsFiguresDo() {
        assertThat(news("a", RuleId.RACE_NOT_OURS, "b is ahead by 16 at 0/5000060"))
                .hasSize(2)
                .last()
                .asString()
                .contains(
                        "\"kind\":\"decision\"",
                        "\"rule\":\"" + RuleId.RACE_NOT_OURS.code() + "\"",
                        "\"because\":\"b is ahead by 16 at 0/5000060\"",
                        "\"leader\":\"a\"");
        assertThat(news("a", RuleId.RACE_NOT_OURS, "b is ahead by 17 at 0/5000F60")).isEmpty();
        assertThat(news("a", RuleId.RACE_NOT_OURS, "c is ahead by 17 at 0/5000F60")).hasSize(1);
        assertThat(chronicle.ruleSince()).isEqualTo(NOON);
        assertThat(news("a", RuleId.STORE_SILENT_STANDBY_GOES_ON, "")).hasSize(1);
        assertThat(chronicle.ruleSince()).isEqualTo(NOON.plusSeconds(3));
    }

    @Test
    void whatComesAndGoesByTurnsIsWrittenAFewTimesAMinute() {
        int lines = 0;
        for (int turn = 0; turn < 50; turn++) {
            lines += news("a", RuleId.RACE_NOT_OURS, "").size();
            now = now.minusSeconds(1);
            lines += news("a", RuleId.RACE_CONSENTED, "").size();
        }
        // The change of leader as well.
        assertThat(lines).isEqualTo(1 + 2 * 5);
        now = now.plusSeconds(60);
        assertThat(news("a", RuleId.RACE_NOT_OURS, "")).hasSize(1);
    }

    @Test
    void aChangeOfLeaderAndTheEndOfAnOperationAreWritten() {
        assertThat(news("a", RuleId.RACE_NOT_OURS, "").getFirst())
                .contains("\"kind\":\"leader\",\"leader\":\"a\",\"timeline\":1");
        assertThat(news(null, RuleId.RACE_NOT_OURS, "", new Operation.None()))
                .singleElement()
                .asString()
                .contains("\"kind\":\"leader\",\"before\":\"a\"");
        Operation failed =
                new Operation.Failed(
                        Operation.Kind.START_AS_STANDBY, Snapshots.AT, "no such file", 2);
        assertThat(news(null, RuleId.RACE_NOT_OURS, "", failed))
                .singleElement()
                .asString()
                .contains(
                        "\"operation\":\"start as standby\",\"result\":\"failed\","
                                + "\"reason\":\"no such file\",\"attempt\":2");
        assertThat(news(null, RuleId.RACE_NOT_OURS, "", failed)).isEmpty();
        assertThat(
                        news(
                                null,
                                RuleId.RACE_NOT_OURS,
                                "",
                                new Operation.Succeeded(Operation.Kind.PROMOTE, Snapshots.AT)))
                .singleElement()
                .asString()
                .contains("\"operation\":\"promote\",\"result\":\"succeeded\"");
    }
}
