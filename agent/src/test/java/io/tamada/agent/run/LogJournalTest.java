package io.tamada.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.journal.Journal;
import io.tamada.core.decision.Action;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.RuleId;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.time.Monotonic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How loudly the log tells of what the loop does.
class LogJournalTest {

    private static final Logger LOG = Logger.getLogger("tamada");

    @TempDir static Path directory = Path.of("");

    private final List<String> lines = new ArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord told) {
                    boolean warning = told.getLevel().intValue() >= Level.WARNING.intValue();
                    lines.add((warning ? "WARN " : "INFO ") + told.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
    private Monotonic now = new Monotonic(0);
    private final Journal events = new Journal(directory);
    private final LogJournal journal = new LogJournal("etcdctl", events, () -> now);

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
    }

    @AfterEach
    void leave() {
        LOG.removeHandler(handler);
    }

    private void decides(RuleId rule, String because) {
        journal.decided(new Decision(rule, because, List.of(), Duration.ZERO));
        now = now.plus(Duration.ofSeconds(4));
    }

    @Test
    void theEndOfAPrimaryIsAWarningAndAPlannedChangeOfTheLeaderIsNone() {
        decides(RuleId.SWITCHOVER_STOPS, "");
        decides(RuleId.SWITCHOVER_HANDS_OVER, "");
        decides(RuleId.RACE_NOT_OURS, "nofailover");
        decides(RuleId.FOLLOW_NEW_LEADER, "");
        assertThat(lines).hasSize(4).allMatch(line -> line.startsWith("INFO "));
        decides(RuleId.DEPOSED_PRIMARY_STOPS, "");
        decides(RuleId.LEADER_TOO_LATE, "");
        assertThat(lines.subList(4, 6))
                .allMatch(line -> line.startsWith("WARN "))
                .anyMatch(line -> line.contains("[F820]"));
    }

    @Test
    void aMemberThatMayNotLeadIsAWarningOnceNobodyHasLedForLong() {
        decides(RuleId.RACE_NOT_OURS, "it lacks data");
        decides(RuleId.RACE_SERVER_NOT_READY, "");
        decides(RuleId.RACE_NOT_OURS, "it lacks data");
        assertThat(lines).noneMatch(line -> line.startsWith("WARN "));
        decides(RuleId.RACE_NOT_OURS, "it lacks data");
        decides(RuleId.RACE_NOT_OURS, "it lacks data");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("WARN "))
                .containsExactly(
                        "WARN for 10 s now: no leader, but we may not lead: it lacks data [E730]");
    }

    @Test
    void aRaceThatWasLostIsNoWarningAndNoFailureAndStepsAreToldInWords() {
        journal.raceLost("the leader is node3");
        assertThat(lines).containsExactly("INFO did not win the race: the leader is node3");
        assertThat(events.latest(9)).isEmpty();
        journal.failed(new Action.Instance(new PostgresCommand.StartAsPrimary()), "busy");
        assertThat(lines.getLast()).isEqualTo("WARN could not be done: start as primary: busy");
        assertThat(events.latest(9)).singleElement().asString().contains("start as primary");
    }

    @Test
    void theTextOfAFailedOperationIsNotToldAsAWholeAgain() {
        String cause = "the server has exited: " + "x".repeat(400);
        journal.knows(cause);
        decides(RuleId.REJOIN_AS_STANDBY, "the last attempt failed: " + cause);
        assertThat(lines.getFirst())
                .hasSizeLessThan(220)
                .contains("the last attempt failed: the server has exited: xxx", "xx… [R580]");
    }
}
