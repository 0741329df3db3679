package io.tamada.core.decision;

import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.guardMissing;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.standbyStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.fencing.FencingStatus.Rung;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FencingRulesTest {

    private static final Action STOP = new Action.Instance(new PostgresCommand.Stop(StopMode.FAST));

    @Test
    void aCandidateWithoutItsGuardLeavesTheLeaseAndSaysWhy() {
        Decision decision = Scene.leaderless().fencing(guardMissing(NOW)).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.RACE_UNFENCED);
        assertThat(decision.because())
                .isEqualTo("guard is required and not there: it does not start");
        assertThat(decision.plan()).doesNotContain(new Action.AcquireLease());
    }

    @Test
    void aPrimaryWithoutLeaseAndGuardIsStoppedInOrder() {
        Decision decision = Scene.primaryWithoutLease().fencing(guardMissing(NOW)).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.RACE_UNFENCED);
        assertThat(decision.plan()).contains(STOP);
    }

    @Test
    void aGuardThatIsNotRequiredKeepsNobodyFromLeading() {
        FencingStatus status =
                new FencingStatus(
                        Rung.unavailable(Mode.AUTOMATIC, "no program", ago(100)), Rung.OFF);
        assertThat(Scene.leaderless().fencing(status).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        assertThat(Scene.leading().fencing(status).decide().rule()).isEqualTo(RuleId.LEADER_STEADY);
    }

    @Test
    void aWatchdogThatIsRequiredCountsAsTheGuardDoes() {
        FencingStatus status =
                new FencingStatus(
                        Rung.OFF, Rung.unavailable(Mode.REQUIRED, "no /dev/watchdog", ago(11)));
        assertThat(Scene.leaderless().fencing(status).decide().because())
                .isEqualTo("watchdog is required and not there: no /dev/watchdog");
        assertThat(Scene.leading().fencing(status).decide().rule())
                .isEqualTo(RuleId.LEADER_UNFENCED_STOPS);
    }

    @Test
    void aLeaderGivesItsGuardOneLoopToComeBack() {
        assertThat(Scene.leading().fencing(guardMissing(ago(9))).decide().rule())
                .isEqualTo(RuleId.LEADER_STEADY);
        Decision decision = Scene.leading().fencing(guardMissing(ago(10))).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.LEADER_UNFENCED_STOPS);
        assertThat(decision.plan()).startsWith(new Action.RenewLease(), STOP);
    }

    @Test
    void aLeaderWithoutGuardGivesTheLeaseAwayOnceItsServerIsDown() {
        Decision decision =
                Scene.leading()
                        .process(down())
                        .directory(primaryData(ControlState.SHUT_DOWN, 1, 6000))
                        .fencing(guardMissing(ago(10)))
                        .decide();
        assertThat(decision.rule()).isEqualTo(RuleId.LEADER_UNFENCED_HANDS_OVER);
        assertThat(decision.plan())
                .contains(
                        new Action.WriteStatus(
                                new ClusterStatus(lsn(6000), new TreeMap<>(), List.of())));
        assertThat(decision.plan().getLast())
                .isEqualTo(new Action.ReleaseLease(decision.because()));
    }

    @Test
    void aWinnerThatLosesItsGuardBeforeThePromotionHandsOver() {
        assertThat(
                        Scene.leading()
                                .process(answering(standbyStatus(1, 5000)))
                                .fencing(guardMissing(ago(10)))
                                .decide()
                                .rule())
                .isEqualTo(RuleId.LEADER_UNFENCED_HANDS_OVER);
    }

    @Test
    void inPauseTheMissingGuardStopsNothing() {
        assertThat(
                        Scene.leading()
                                .config(config().pause())
                                .fencing(guardMissing(ago(3600)))
                                .decide()
                                .rule())
                .isEqualTo(RuleId.PAUSED_LEADER);
    }
}
