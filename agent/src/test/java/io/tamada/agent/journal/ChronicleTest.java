package io.tamada.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.RuleId;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChronicleTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Monotonic AT = new Monotonic(0);

    private final Chronicle chronicle = new Chronicle();
    private Instant now = NOON;

    private List<String> news(
            @Nullable String leader, RuleId rule, String because, Operation operation) {
        ClusterView empty = ClusterView.EMPTY;
        ClusterView view =
                new ClusterView(
                        1,
                        empty.initialization(),
                        leader == null ? null : new LeaderKey(new MemberName(leader), 7, 7, 7),
                        List.of(),
                        null,
                        empty.history(),
                        0,
                        empty.status(),
                        null,
                        0,
                        null,
                        empty.failsafe(),
                        null);
        Snapshot snapshot =
                new Snapshot(
                        AT,
                        view,
                        AT,
                        null,
                        ClusterConfig.DEFAULTS,
                        new LeaseTiming(
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(10)),
                        new LeaderLease.Vacant(),
                        new LocalPostgres(
                                new DataDirectory.Empty(), new ServerProcess.Down(), operation),
                        FencingStatus.OFF,
                        new Decision(rule, because, List.of(), Duration.ZERO),
                        null,
                        null,
                        false,
                        1,
                        1,
                        Climb.NONE);
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
        assertThat(news("a", RuleId.STORE_SILENT_STANDBY_GOES_ON, "")).hasSize(1);
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
                new Operation.Failed(Operation.Kind.START_AS_STANDBY, AT, "no such file", 2);
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
                                new Operation.Succeeded(Operation.Kind.PROMOTE, AT)))
                .singleElement()
                .asString()
                .contains("\"operation\":\"promote\",\"result\":\"succeeded\"");
    }
}
