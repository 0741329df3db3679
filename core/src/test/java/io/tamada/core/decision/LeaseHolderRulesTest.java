package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.failed;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.justFailed;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.primaryBeforeCheckpoint;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.replaying;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.running;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.succeeded;
import static io.tamada.core.Facts.timeline;
import static io.tamada.core.Facts.withHistory;
import static io.tamada.core.Facts.withIdentity;
import static io.tamada.core.decision.Plan.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseHolderRulesTest {

    private static final PostgresCommand STOP_NOW = new PostgresCommand.Stop(StopMode.IMMEDIATE);

    @Test
    void everyPlanOfALeaderBeginsWithTheRenewal() {
        for (Scene scene :
                List.of(
                        Scene.leading(),
                        Scene.leading().process(down()),
                        Scene.leading().process(silent()),
                        Scene.leading().process(answering(standbyStatus(1, 1))))) {
            assertThat(scene.decide().plan().getFirst()).isEqualTo(new Action.RenewLease());
        }
    }

    @Test
    void theServerComesBeforeTheRecordThatTheStoreMayRefuse() {
        Decision decision = Scene.leading().process(down()).decide();
        assertThat(decision.plan().get(1))
                .isEqualTo(new Action.Instance(new PostgresCommand.StartAsPrimary()));
        assertThat(decision.plan().get(2)).isInstanceOf(Action.PublishMember.class);
    }

    @Test
    void aNewPrimaryAsksForTheCheckpointThatOthersWaitForToRewind() {
        Scene fresh = Scene.leading().process(answering(primaryBeforeCheckpoint(1, 5000)));
        assertThat(commands(fresh.decide())).containsExactly(new PostgresCommand.Checkpoint());
        assertThat(commands(Scene.leading().decide())).isEmpty();
    }

    @Test
    void aPrimaryThatEndsBeforeItsFirstCheckpointRestartsInPlace() {
        Scene scene =
                Scene.leading()
                        .process(down())
                        .history(historyTo(2, "a"))
                        .directory(primaryData(ControlState.IN_PRODUCTION, 1, 900));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
    }

    @Test
    void aPrimaryOfATimelineThatAnotherHasEndedHandsOver() {
        Scene scene =
                Scene.leading()
                        .process(down())
                        .history(historyTo(2, "b"))
                        .directory(primaryData(ControlState.IN_PRODUCTION, 1, 900));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.LEADER_HANDS_OVER);
    }

    @Test
    void aPromotionClaimsANumberThatNoTimelineEverHad() {
        Scene standby = Scene.leading().process(answering(standbyStatus(2, 5000)));
        assertThat(standby.decide().plan())
                .containsSubsequence(
                        new Action.ClaimTimeline(new Timeline(3)),
                        new Action.Instance(new PostgresCommand.Promote(new Timeline(3))));
        assertThat(commands(standby.claimedTimeline(4).decide()))
                .containsExactly(new PostgresCommand.Promote(new Timeline(5)));
        assertThat(commands(standby.history(historyTo(7, "b")).decide()))
                .containsExactly(new PostgresCommand.Promote(new Timeline(8)));
    }

    @Test
    void aFailedPromotionPausesBeforeTheNextAttemptWhileThereIsWalToReplay() {
        Scene standby = Scene.leading().process(answering(replaying(1, 5000)));
        assertThat(commands(standby.operation(failed(Kind.PROMOTE, 2)).decide()))
                .containsExactly(new PostgresCommand.Promote(new Timeline(2)));
        assertThat(commands(standby.operation(justFailed(Kind.PROMOTE, 2)).decide())).isEmpty();
    }

    /// What was asked of the server stays with it: it may come true at any time.
    @Test
    void aServerWhosePromotionWasGivenUpEndsBeforeTheLeaseIsGivenAway() {
        Scene standby =
                Scene.leading()
                        .process(answering(replaying(1, 5000)))
                        .operation(justFailed(Kind.PROMOTE, 3));
        assertThat(standby.observation().postgres().mayBePrimary()).isTrue();
        Decision decision = standby.decide();
        assertThat(decision.rule()).isEqualTo(RuleId.LEADER_CANNOT_PROMOTE);
        assertThat(commands(decision))
                .containsExactly(new PostgresCommand.Stop(StopMode.IMMEDIATE));
        assertThat(decision.plan()).noneMatch(Action.ReleaseLease.class::isInstance);
        Decision down =
                Scene.leading()
                        .process(down())
                        .directory(standbyData(1, 5000))
                        .raceBarredUntil(in(20))
                        .decide();
        assertThat(down.rule()).isEqualTo(RuleId.LEADER_HANDS_OVER);
        assertThat(down.plan().getLast()).isInstanceOf(Action.ReleaseLease.class);
    }

    @Test
    void aPromotionThatHangsIsMadeAnewByANewServerAlsoWhereNobodyElseCouldLead() {
        Scene alone =
                Scene.leading()
                        .members(replica(A))
                        .process(answering(standbyStatus(1, 5000)))
                        .operation(justFailed(Kind.PROMOTE, 1));
        assertThat(commands(alone.decide()))
                .containsExactly(new PostgresCommand.Stop(StopMode.IMMEDIATE));
        assertThat(
                        commands(
                                Scene.leading()
                                        .members(replica(A))
                                        .process(down())
                                        .directory(standbyData(1, 5000))
                                        .raceBarredUntil(in(20))
                                        .decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(null));
    }

    @Test
    void aLostLeaseEndsAServerWhosePromotionWasGivenUp() {
        Decision deposed =
                Scene.following()
                        .process(answering(standbyStatus(1, 5000)))
                        .operation(justFailed(Kind.PROMOTE, 1))
                        .decide();
        assertThat(deposed.rule()).isEqualTo(RuleId.DEPOSED_PRIMARY_STOPS);
    }

    @Test
    void aScriptThatForbidsThePromotionCostsTheLeaseAlsoWhereNobodyElseCouldLead() {
        Scene alone =
                Scene.leading().members(replica(A)).process(answering(standbyStatus(1, 5000)));
        Decision decision = alone.operation(justFailed(Kind.PRE_PROMOTE, 1)).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.LEADER_CANNOT_PROMOTE);
        assertThat(decision.plan()).singleElement().isInstanceOf(Action.ReleaseLease.class);
        assertThat(commands(alone.operation(failed(Kind.PRE_PROMOTE, 1)).decide()))
                .as("an hour later it is asked again")
                .containsExactly(new PostgresCommand.Promote(new Timeline(2)));
    }

    @Test
    void whoCannotPromoteKeepsTryingWhenNobodyElseCouldLead() {
        Scene alone =
                Scene.leading()
                        .members(replica(A))
                        .process(answering(replaying(1, 5000)))
                        .operation(failed(Kind.PROMOTE, 9));
        assertThat(alone.decide().rule()).isEqualTo(RuleId.LEADER_PROMOTES);
    }

    @Test
    void aCrashedPrimaryIsKeptForPrimaryStartTimeoutAndThenHandedOver() {
        Scene scene = Scene.leading().process(down());
        assertThat(scene.primaryDownSince(ago(299)).decide().rule())
                .isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
        assertThat(scene.primaryDownSince(ago(300)).decide().rule())
                .isEqualTo(RuleId.LEADER_HANDS_OVER);
    }

    @Test
    void aPrimaryThatEndsAtEachStartHandsOverWhereSomebodyCanLead() {
        Scene scene = Scene.leading().process(down()).primaryDownSince(ago(1));
        assertThat(scene.operation(failed(Kind.START_AS_PRIMARY, 1)).decide().rule())
                .isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
        assertThat(scene.operation(failed(Kind.START_AS_PRIMARY, 2)).decide().rule())
                .isEqualTo(RuleId.LEADER_HANDS_OVER);
        assertThat(scene.members(replica(A)).decide().rule())
                .isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
    }

    @Test
    void aStartTimeoutOfZeroDoesNotStopAServerThatMissedOneAnswer() {
        Scene scene = Scene.leading().config(config().primaryStartTimeout(0)).process(silent());
        assertThat(scene.primaryDownSince(ago(1)).decide().rule())
                .isEqualTo(RuleId.LEADER_SERVER_SILENT);
    }

    @Test
    void nothingIsHandedOverWhenNobodyCouldTakeIt() {
        Scene alone = Scene.leading().members(primary(A)).process(down());
        assertThat(alone.primaryDownSince(ago(9999)).decide().rule())
                .isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
    }

    @Test
    void aStartThatNeverEndsIsStoppedAndHandedOver() {
        for (Kind kind : List.of(Kind.START_AS_PRIMARY, Kind.START_AS_STANDBY)) {
            Decision decision =
                    Scene.leading()
                            .process(silent())
                            .operation(running(kind))
                            .primaryDownSince(ago(301))
                            .decide();
            assertThat(decision.rule()).isEqualTo(RuleId.LEADER_HANDS_OVER);
            assertThat(commands(decision)).containsExactly(STOP_NOW);
        }
    }

    @Test
    void aDataDirectoryRemovedUnderTheLeaderStopsItsServerBeforeTheLeaseIsGivenAway() {
        Scene scene = Scene.leading().directory(new DataDirectory.Empty());
        assertThat(commands(scene.decide())).containsExactly(STOP_NOW);
        assertThat(scene.process(down()).decide().plan().getFirst())
                .isInstanceOf(Action.ReleaseLease.class);
    }

    @Test
    void ofTheHistoryOnlyWhatIsNewIsWritten() {
        Scene second = Scene.leading().process(answering(primaryStatus(2, 5000)));
        assertThat(second.decide().plan()).hasAtLeastOneElementOfType(Action.WriteHistory.class);
        assertThat(second.history(historyTo(2)).decide().plan())
                .doesNotHaveAnyElementsOfTypes(Action.WriteHistory.class);
    }

    @Test
    void theNewestEntryOfTheHistoryNamesItsLeader() {
        Decision decision = Scene.leading().process(answering(primaryStatus(2, 5000))).decide();
        assertThat(historyIn(decision).entries().getLast().newLeader()).isEqualTo("a");
    }

    /// Everybody reads the last entry plus one as the cluster's timeline.
    @Test
    void aTimelineThatWasSkippedLeavesNoGapInTheHistory() {
        var status = withHistory(primaryStatus(4, 9000), historyTo(3));
        TimelineHistory written = historyIn(Scene.leading().process(answering(status)).decide());
        assertThat(written.current()).isEqualTo(timeline(4));
        assertThat(written.switchPointOf(timeline(2))).isEqualTo(lsn(2000));
        assertThat(written.switchPointOf(timeline(3))).isEqualTo(lsn(2000));
    }

    @Test
    void aHistoryFileThatWasNotReadYetIsNotGuessed() {
        var status = withHistory(primaryStatus(2, 5000), TimelineHistory.EMPTY);
        assertThat(Scene.leading().process(answering(status)).decide().plan())
                .doesNotHaveAnyElementsOfTypes(Action.WriteHistory.class);
    }

    @Test
    void onlyTheNewestTimelinesAreKeptWhereALimitIsSet() {
        Scene scene =
                Scene.leading()
                        .config(config().maxTimelinesHistory(1))
                        .process(answering(primaryStatus(3, 5000)));
        assertThat(historyIn(scene.decide()).entries()).hasSize(1);
    }

    private static TimelineHistory historyIn(Decision decision) {
        for (Action action : decision.plan()) {
            if (action instanceof Action.WriteHistory(TimelineHistory history)) {
                return history;
            }
        }
        throw new AssertionError("no history is written by " + decision.plan());
    }

    @Test
    void theStatusIsWrittenWhenThePositionHasMovedAndTheLastOneIsOldEnough() {
        Scene moved = Scene.leading().optime(4000);
        assertThat(moved.decide().plan()).hasAtLeastOneElementOfType(Action.WriteStatus.class);
        assertThat(moved.statusWrittenAt(ago(4)).decide().plan())
                .doesNotHaveAnyElementsOfTypes(Action.WriteStatus.class);
        assertThat(moved.statusWrittenAt(ago(5)).decide().plan())
                .hasAtLeastOneElementOfType(Action.WriteStatus.class);
    }

    @Test
    void theStatusNamesTheSlotsAndWhoseAreKept() {
        Decision decision = Scene.leading().optime(4000).decide();
        assertThat(decision.plan())
                .anyMatch(
                        step ->
                                step instanceof Action.WriteStatus(ClusterStatus status)
                                        && status.slots().keySet().containsAll(List.of("a", "b")));
    }

    @Test
    void aConfigurationThatWasDeletedIsWrittenAgain() {
        assertThat(Scene.leading().noConfigInStore().decide().plan())
                .contains(new Action.CreateConfig());
    }

    @Test
    void anInitializeKeyThatWasDeletedIsRestoredAndCostsNoPrimary() {
        Scene repaired =
                Scene.leading()
                        .initialization(new Initialization.Absent())
                        .operation(succeeded(Kind.PROVISION));
        assertThat(repaired.decide().plan()).contains(new Action.CompleteInitialization(SYSTEM));
        Decision failed = repaired.operation(failed(Kind.PROVISION, 3)).decide();
        assertThat(failed.plan()).doesNotHaveAnyElementsOfTypes(Action.Exit.class);
    }

    @Test
    void theLeaseIsTooLateOnlyAfterARenewalWasTriedAndNotProven() {
        Scene late = Scene.leading().lease(new LeaderLease.Held(ago(1)));
        assertThat(late.decide().rule()).isEqualTo(RuleId.LEADER_STEADY);
        Decision decision = late.unprovenRenewals(1).decide();
        assertThat(commands(decision)).containsExactly(new PostgresCommand.Stop(StopMode.FAST));
        assertThat(decision.plan()).contains(new Action.RenewLease());
    }

    @Test
    void aStrangerThatLeadsUnderOurNameIsNotServed() {
        Decision decision =
                Scene.leading()
                        .lease(new LeaderLease.FormerLife())
                        .members(withIdentity(primary(A), "another installation"))
                        .decide();
        assertThat(decision.plan()).containsExactly(new Action.Instance(STOP_NOW));
    }
}
