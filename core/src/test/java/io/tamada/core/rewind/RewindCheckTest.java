package io.tamada.core.rewind;

import static io.tamada.core.Facts.control;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.replayingOwn;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.timeline;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.TimelineHistory;
import java.util.List;
import org.junit.jupiter.api.Test;

/// In all histories timeline 1 ends at 1000, timeline 2 at 2000, and so on.
class RewindCheckTest {

    private static RewindCheck stopped(DataDirectory.Ready data, int leaderTimeline) {
        return RewindCheck.ofStopped(data, timeline(leaderTimeline), historyTo(leaderTimeline));
    }

    @Test
    void aStandbyOnTheLeadersTimelineIsOnLine() {
        assertThat(stopped(standbyData(2, 9999), 2)).isEqualTo(RewindCheck.ON_LINE);
    }

    @Test
    void aTimelineThatTheLeaderNeverSawHasDiverged() {
        assertThat(stopped(standbyData(3, 10), 2)).isEqualTo(RewindCheck.DIVERGED);
    }

    @Test
    void aPrimaryShutDownBeforeTheSwitchPointIsOnLine() {
        assertThat(stopped(primaryData(ControlState.SHUT_DOWN, 1, 999), 2))
                .isEqualTo(RewindCheck.ON_LINE);
    }

    @Test
    void aPrimaryWhoseShutdownCheckpointTheLeaderDoesNotHaveHasDiverged() {
        assertThat(stopped(primaryData(ControlState.SHUT_DOWN, 1, 1000), 2))
                .isEqualTo(RewindCheck.DIVERGED);
    }

    @Test
    void aCrashedPrimaryMayHaveWrittenMoreThanItsCheckpointSays() {
        assertThat(stopped(primaryData(ControlState.IN_PRODUCTION, 1, 500), 2))
                .isEqualTo(RewindCheck.UNKNOWN);
        assertThat(stopped(primaryData(ControlState.IN_PRODUCTION, 1, 1000), 2))
                .isEqualTo(RewindCheck.DIVERGED);
    }

    @Test
    void aStandbyIsMeasuredByItsMinimumRecoveryPoint() {
        assertThat(stopped(standbyData(1, 1000), 2)).isEqualTo(RewindCheck.ON_LINE);
        assertThat(stopped(standbyData(1, 1001), 2)).isEqualTo(RewindCheck.DIVERGED);
    }

    @Test
    void whoIsOnATimelineThatTheLeadersLineSkippedHasDivergedHoweverLittleItHasWritten() {
        TimelineHistory skipping =
                new TimelineHistory(List.of(ended(1, 1000), ended(2, 2000), ended(3, 2000)));
        assertThat(RewindCheck.ofStandby(standbyStatus(3, 1500), timeline(4), skipping))
                .isEqualTo(RewindCheck.DIVERGED);
        assertThat(RewindCheck.ofStopped(standbyData(3, 1500), timeline(4), skipping))
                .isEqualTo(RewindCheck.DIVERGED);
        assertThat(RewindCheck.ofStandby(standbyStatus(2, 1500), timeline(4), skipping))
                .isEqualTo(RewindCheck.ON_LINE);
    }

    private static TimelineHistory.Entry ended(int timeline, long at) {
        return new TimelineHistory.Entry(timeline(timeline), new Lsn(at), "", null, null);
    }

    @Test
    void aHistoryThatDoesNotLeadToTheLeadersTimelineProvesNothing() {
        assertThat(RewindCheck.ofStopped(standbyData(1, 10), timeline(3), historyTo(2)))
                .isEqualTo(RewindCheck.UNKNOWN);
    }

    @Test
    void aHistoryThatWasCutProvesNothingOfWhatWasBefore() {
        var cut = new TimelineHistory(historyTo(3).entries().subList(1, 2));
        assertThat(RewindCheck.ofStopped(standbyData(1, 10), timeline(3), cut))
                .isEqualTo(RewindCheck.UNKNOWN);
    }

    @Test
    void anotherPrimaryOfTheSameTimelineNumberIsAForkThatNumbersHide() {
        assertThat(stopped(primaryData(ControlState.SHUT_DOWN, 2, 1500), 2))
                .isEqualTo(RewindCheck.FORKED);
    }

    @Test
    void aCopyThatWasNeverStartedIsNoFork() {
        var copy =
                new DataDirectory.Ready(control(ControlState.IN_PRODUCTION, 2, 1500), true, true);
        var copyByHand =
                new DataDirectory.Ready(control(ControlState.SHUT_DOWN, 2, 1500), false, false);
        assertThat(stopped(copy, 2)).isEqualTo(RewindCheck.ON_LINE);
        assertThat(stopped(copyByHand, 2)).isEqualTo(RewindCheck.ON_LINE);
    }

    @Test
    void aRunningStandbyIsMeasuredByWhatItReceivedAndReplayed() {
        assertThat(RewindCheck.ofStandby(standbyStatus(1, 1000), timeline(2), historyTo(2)))
                .isEqualTo(RewindCheck.ON_LINE);
        assertThat(RewindCheck.ofStandby(standbyStatus(1, 1001), timeline(2), historyTo(2)))
                .isEqualTo(RewindCheck.DIVERGED);
        assertThat(
                        RewindCheck.ofStandby(
                                replayingOwn(standbyStatus(1, 1000)), timeline(2), historyTo(2)))
                .as("there may be more")
                .isEqualTo(RewindCheck.UNKNOWN);
        assertThat(
                        RewindCheck.ofStandby(
                                replayingOwn(standbyStatus(1, 1001)), timeline(2), historyTo(2)))
                .isEqualTo(RewindCheck.DIVERGED);
        assertThat(RewindCheck.ofStandby(standbyStatus(3, 10), timeline(2), historyTo(2)))
                .isEqualTo(RewindCheck.DIVERGED);
        assertThat(RewindCheck.ofStandby(standbyStatus(2, 10), timeline(2), historyTo(2)))
                .isEqualTo(RewindCheck.ON_LINE);
        assertThat(RewindCheck.ofStandby(standbyStatus(1, 10), timeline(3), historyTo(2)))
                .isEqualTo(RewindCheck.UNKNOWN);
    }
}
