package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.failed;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.justFailed;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.notStreaming;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.running;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.streamingFrom;
import static io.tamada.core.Facts.tags;
import static io.tamada.core.Facts.timeline;
import static io.tamada.core.decision.Plan.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.RejoinRung;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Headway;
import io.tamada.core.postgres.Headway.Trouble;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.rejoin.Lag;
import io.tamada.core.rejoin.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Stream, restore, rewind, re-clone: each rung is left when it does not get on, and none is
/// climbed that may not be.
class RejoinLadderTest {

    private static final Headway QUIET = new Headway(7, false, false, null);
    private static final PostgresCommand REPLACE = new PostgresCommand.WipeAndClone(B, AT_B);

    static Headway gone() {
        return trouble(Trouble.Kind.WAL_REMOVED, "the WAL is gone");
    }

    private static Headway trouble(Trouble.Kind kind, String reason) {
        return new Headway(7, false, false, new Trouble(kind, reason));
    }

    static Climb watching(String subject, long seconds) {
        return watching(subject, seconds, Climb.NONE);
    }

    private static Climb watching(String subject, long seconds, Climb climb) {
        return climb.withProgress(new Progress(subject, 7, ago(seconds)), null);
    }

    /// A standby that gets nothing from `b`, and is behind it.
    static Scene thirsty(Headway headway, long seconds) {
        return Scene.following()
                .process(answering(notStreaming(AT_B, 1, 4000)))
                .headway(headway)
                .climb(watching(Climbing.RECEIPT, seconds));
    }

    private static Scene unstartable(Headway headway) {
        return Scene.rejoining()
                .directory(standbyData(1, 4000))
                .headway(headway)
                .operation(failed(Kind.START_AS_STANDBY, 3));
    }

    private static Scene lagging() {
        return Scene.following()
                .config(config().rejoin(true, 100, 60))
                .process(answering(streamingFrom(AT_B, 1, 4000)))
                .headway(QUIET)
                .climb(Climb.NONE.withProgress(null, new Lag(1000, ago(60))));
    }

    private static Scene diverged() {
        return Scene.rejoining()
                .members(member(B, MemberState.RUNNING, MemberRole.PRIMARY, 2))
                .history(historyTo(2))
                .directory(primaryData(ControlState.SHUT_DOWN, 1, 1500));
    }

    @Test
    void aStandbyWhoseWalIsGoneTakesItsTurnStopsAndIsClonedAgain() {
        Scene scene = thirsty(gone(), 10);
        Decision stop = scene.decide();
        assertThat(stop.rule()).isEqualTo(RuleId.STANDBY_STUCK);
        assertThat(stop.plan())
                .endsWith(
                        new Action.ClaimRebuild(),
                        new Action.Instance(new PostgresCommand.Stop(StopMode.FAST)));
        Climb climb = Climbing.decided(Climb.NONE, scene.observation(), stop, true);
        Decision copy = scene.climb(climb).process(down()).directory(standbyData(1, 4000)).decide();
        assertThat(copy.rule()).isEqualTo(RuleId.RECLONE_STANDBY);
        assertThat(copy.because()).contains("the WAL is gone");
        assertThat(copy.plan()).endsWith(new Action.ClaimRebuild(), new Action.Instance(REPLACE));
    }

    @Test
    void theArchiveGetsTheWholePatienceBeforeWalCountsAsGone() {
        Headway archive =
                new Headway(7, false, true, new Trouble(Trouble.Kind.WAL_REMOVED, "gone"));
        assertThat(thirsty(archive, 299).decide().rule()).isEqualTo(RuleId.FOLLOWING);
        assertThat(thirsty(archive, 300).decide().rule()).isEqualTo(RuleId.STANDBY_STUCK);
    }

    @Test
    void aPasswordOrASlotIsNoReasonForANewCopyAndIsNamed() {
        Decision decision =
                thirsty(trouble(Trouble.Kind.OTHER, "the role \"r\" is refused"), 9999).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.FOLLOWING);
        assertThat(decision.because()).contains("not streaming").contains("\"r\" is refused");
    }

    @Test
    void aStandbyThatMayNotBeReplacedServesReadersOnAndSaysWhatToType() {
        Headway formerPrimary =
                new Headway(7, true, false, new Trouble(Trouble.Kind.WAL_REMOVED, "gone"));
        Decision decision = thirsty(formerPrimary, 10).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.STANDBY_HELD_UP);
        assertThat(decision.because()).contains("gone").contains("remove_data_directory");
        assertThat(commands(decision)).containsExactly(new PostgresCommand.Follow(AT_B));
        assertThat(
                        commands(
                                thirsty(formerPrimary, 10)
                                        .config(config().removeOnDivergence())
                                        .decide()))
                .containsExactly(new PostgresCommand.Stop(StopMode.FAST));
    }

    @Test
    void aListedSynchronousStandbyIsNotReplacedAndItsTurnAsksTheLeaderToLeaveItOut() {
        SyncState listed = new SyncState("b", List.of("a"), 0);
        List<Scene> scenes =
                List.of(
                        thirsty(gone(), 10),
                        unstartable(trouble(Trouble.Kind.RECOVERY_FAILS, "torn")),
                        diverged().config(config().removeOnDivergence()),
                        OrderRulesTest.reinitializing(false).process(down()),
                        OrderRulesTest.reinitializing(false)
                                .process(down())
                                .config(config().pause()));
        for (Scene scene : scenes) {
            Decision waits = scene.sync(listed).decide();
            assertThat(waits.rule()).isEqualTo(RuleId.RECLONE_WAITS);
            assertThat(waits.because()).contains("synchronous standby");
            assertThat(commands(waits)).isEmpty();
            assertThat(waits.plan()).contains(new Action.ClaimRebuild());
            assertThat(commands(scene.sync(new SyncState("b", List.of(), 0)).decide()))
                    .as("taken off the list")
                    .hasSize(1);
            assertThat(scene.sync(listed).rebuilding(C).decide().plan())
                    .as("not its turn: nothing is asked")
                    .doesNotContain(new Action.ClaimRebuild());
        }
    }

    @Test
    void aSynchronousStandbyThatStreamsFarBehindIsNotReplaced() {
        assertThat(lagging().sync(new SyncState("b", List.of("a"), 0)).decide().rule())
                .isEqualTo(RuleId.STANDBY_HELD_UP);
    }

    @Test
    void anEmptyDirectoryIsFilledWhenTheMemberIsNotListedAnyMore() {
        Scene scene = Scene.following().directory(new DataDirectory.Empty()).process(down());
        assertThat(commands(scene.sync(new SyncState("b", List.of("a"), 0)).decide())).isEmpty();
        assertThat(scene.decide().rule()).isEqualTo(RuleId.RECLONE_WAITS);
        assertThat(commands(scene.sync(new SyncState("b", List.of(), 0)).decide())).hasSize(1);
    }

    @Test
    void aListedStandbyIsNotRestoredWithoutALeaderUntilSynchronousModeIsOff() {
        Scene scene =
                Scene.following()
                        .lease(new LeaderLease.Vacant())
                        .directory(new DataDirectory.Empty())
                        .process(down())
                        .sync(new SyncState("b", List.of("a"), 0))
                        .config(
                                config().copiesWithoutLeader()
                                        .synchronous(SynchronousMode.ON)
                                        .strict());
        assertThat(commands(scene.decide())).isEmpty();
        assertThat(scene.decide().because()).contains("turn synchronous_mode off");
        assertThat(commands(scene.config(config().copiesWithoutLeader()).decide()))
                .containsExactly(new PostgresCommand.CopyWithoutLeader());
    }

    @Test
    void onlyOneMemberAtATimeReplacesItsData() {
        Decision waits = thirsty(gone(), 10).rebuilding(C).decide();
        assertThat(waits.rule()).isEqualTo(RuleId.RECLONE_WAITS);
        assertThat(waits.because()).contains("c replaces its data");
        assertThat(commands(waits)).isEmpty();
        assertThat(
                        commands(
                                diverged()
                                        .config(config().removeOnDivergence())
                                        .rebuilding(C)
                                        .decide()))
                .isEmpty();
        assertThat(
                        commands(
                                diverged()
                                        .config(config().removeOnDivergence())
                                        .rebuilding(A)
                                        .decide()))
                .containsExactly(REPLACE);
    }

    @Test
    void nothingIsReplacedWhileTheLeaderIsBehindTheHistoryOfTheCluster() {
        Scene scene =
                thirsty(gone(), 10)
                        .history(historyTo(2))
                        .process(answering(notStreaming(AT_B, 1, 900)));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.RECLONE_WAITS);
    }

    @Test
    void theTurnIsGivenBackWhenTheCopyStreams() {
        assertThat(Scene.following().rebuilding(A).decide().plan())
                .contains(new Action.ReleaseRebuild());
        assertThat(Scene.following().rebuilding(C).decide().plan())
                .doesNotContain(new Action.ReleaseRebuild());
    }

    @Test
    void theTurnIsKeptWhileTheNewCopyMayComeToStream() {
        List<Scene> scenes =
                List.of(
                        Scene.rejoining().operation(running(Kind.CLONE)),
                        Scene.rejoining().operation(running(Kind.START_AS_STANDBY)),
                        Scene.rejoining(),
                        Scene.following().directory(new DataDirectory.Empty()).process(down()),
                        Scene.following().process(silent()).climb(watching(Climbing.START, 9)),
                        thirsty(QUIET, 9),
                        unstartable(trouble(Trouble.Kind.RECOVERY_FAILS, "torn")));
        for (Scene scene : scenes) {
            assertThat(scene.rebuilding(A).decide().plan())
                    .as(scene.decide().toString())
                    .doesNotContain(new Action.ReleaseRebuild());
        }
    }

    @Test
    void theTurnIsGivenBackWhereNoCopyIsMadeNorMayComeToStream() {
        Headway torn = trouble(Trouble.Kind.RECOVERY_FAILS, "torn");
        Climb spent =
                Climb.NONE
                        .afterCopy(NOW)
                        .afterCopy(NOW.plus(Duration.ofMinutes(1)))
                        .afterCopy(NOW.plus(Duration.ofMinutes(2)));
        List<Scene> scenes =
                List.of(
                        // The copy fails, before or after the old data were moved away.
                        unstartable(torn)
                                .climb(Climb.NONE.withHopeless("gone"))
                                .operation(justFailed(Kind.CLONE, 2)),
                        OrderRulesTest.reinitializing(false)
                                .process(down())
                                .operation(justFailed(Kind.CLONE, 2)),
                        Scene.following()
                                .directory(new DataDirectory.Empty())
                                .process(down())
                                .operation(justFailed(Kind.CLONE, 2)),
                        // Too many copies; a server that does not start for another reason.
                        unstartable(torn)
                                .climb(spent)
                                .operation(justFailed(Kind.START_AS_STANDBY, 3)),
                        thirsty(gone(), 10).climb(watching(Climbing.RECEIPT, 10, spent)),
                        unstartable(trouble(Trouble.Kind.OTHER, "port in use")),
                        // It does not stream: by its tag, or for want of a password.
                        Scene.following()
                                .tags(tags("nostream", true))
                                .process(answering(standbyStatus(1, 4000))),
                        thirsty(trouble(Trouble.Kind.OTHER, "the role is refused"), 9999),
                        Scene.following().config(config().pause()));
        for (Scene scene : scenes) {
            assertThat(scene.decide().plan()).doesNotContain(new Action.ReleaseRebuild());
            Decision decision = scene.rebuilding(A).decide();
            assertThat(decision.plan())
                    .as(decision.toString())
                    .endsWith(new Action.ReleaseRebuild())
                    .doesNotContain(new Action.ClaimRebuild());
        }
    }

    @Test
    void theNextAttemptTakesTheTurnAnew() {
        Scene scene = unstartable(QUIET).climb(Climb.NONE.withHopeless("gone"));
        Decision again = scene.operation(failed(Kind.CLONE, 2)).decide();
        assertThat(again.plan()).endsWith(new Action.ClaimRebuild(), new Action.Instance(REPLACE));
    }

    @Test
    void aLagBeyondTheSettingIsAReasonAlsoWhileItStreams() {
        Scene lagging = lagging();
        assertThat(lagging.decide().rule()).isEqualTo(RuleId.STANDBY_STUCK);
        assertThat(
                        lagging.climb(Climb.NONE.withProgress(null, new Lag(1000, ago(59))))
                                .decide()
                                .rule())
                .isEqualTo(RuleId.FOLLOWING);
    }

    @Test
    void aStandbyThatGetsNothingForNoKnownReasonIsStartedAnewTwiceAndThenReplaced() {
        assertThat(thirsty(QUIET, 299).decide().rule()).isEqualTo(RuleId.FOLLOWING);
        Scene scene = thirsty(QUIET, 300);
        Decision anew = scene.decide();
        assertThat(anew.rule()).isEqualTo(RuleId.STANDBY_GETS_NOTHING);
        Climb climb = Climbing.decided(Climb.NONE, scene.observation(), anew, true);
        assertThat(climb.stalls()).isEqualTo(1);
        assertThat(climb.progress()).isNull();
        assertThat(scene.climb(watching(Climbing.RECEIPT, 300).withStalls(2)).decide().rule())
                .isEqualTo(RuleId.STANDBY_STUCK);
    }

    /// Seed 2262 of the simulator: it was the only member with everything, and nobody could lead.
    @Test
    void aStartOfAnEarlierLifeThatDoesNotGetOnIsCalledOffAlsoWhereNobodyLeads() {
        Scene scene =
                Scene.leaderless().process(silent()).directory(standbyData(1, 4000)).headway(QUIET);
        assertThat(scene.decide().rule()).isEqualTo(RuleId.RACE_SERVER_NOT_READY);
        Decision late = scene.climb(watching(Climbing.START, 300)).decide();
        assertThat(late.rule()).isEqualTo(RuleId.OPERATION_STALLED);
        assertThat(commands(late)).containsExactly(new PostgresCommand.Stop(StopMode.IMMEDIATE));
    }

    @Test
    void whatDoesNotGetOnIsCalledOffAndWhatMovesIsLeftAlone() {
        for (Kind kind : new Kind[] {Kind.START_AS_STANDBY, Kind.CLONE, Kind.REWIND}) {
            Operation operation = running(kind);
            Scene scene = Scene.rejoining().operation(operation).headway(QUIET);
            Climb climb =
                    Climbing.seen(Climb.NONE, null, scene.observation().postgres(), 0, ago(300));
            assertThat(scene.climb(climb).decide().rule()).isEqualTo(RuleId.OPERATION_STALLED);
            assertThat(commands(scene.climb(climb).decide()))
                    .containsExactly(new PostgresCommand.Stop(StopMode.IMMEDIATE));
            Climb moved =
                    Climbing.seen(
                            climb,
                            null,
                            scene.headway(new Headway(8, false, false, null))
                                    .observation()
                                    .postgres(),
                            0,
                            ago(1));
            assertThat(commands(scene.climb(moved).decide())).isEmpty();
            assertThat(
                            commands(scene.climb(climb).lease(new LeaderLease.Vacant()).decide())
                                    .isEmpty())
                    .as("nobody leads: it may be the best there is, but a start is made again")
                    .isEqualTo(kind != Kind.START_AS_STANDBY);
        }
    }

    @Test
    void aServerThatSomebodyElseStartedIsStartedAnewWhenItDoesNotGetOn() {
        Scene scene = Scene.following().process(silent()).headway(QUIET);
        assertThat(scene.climb(watching(Climbing.START, 299)).decide().rule())
                .isEqualTo(RuleId.STANDBY_NOT_READY);
        assertThat(scene.climb(watching(Climbing.START, 300)).decide().rule())
                .isEqualTo(RuleId.STANDBY_GETS_NOTHING);
    }

    @Test
    void aStandbyWhoseRecoveryFailsIsReplacedAndOneWithAWrongParameterIsNot() {
        Decision damaged =
                unstartable(trouble(Trouble.Kind.RECOVERY_FAILS, "a page is torn")).decide();
        assertThat(damaged.rule()).isEqualTo(RuleId.RECLONE_STANDBY);
        assertThat(damaged.because()).contains("a page is torn");
        Scene wrong = unstartable(trouble(Trouble.Kind.OTHER, "port in use"));
        assertThat(wrong.decide().rule()).isEqualTo(RuleId.START_FAILS);
        assertThat(commands(wrong.decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(AT_B));
        assertThat(unstartable(QUIET).climb(Climb.NONE.withStalls(2)).decide().rule())
                .isEqualTo(RuleId.RECLONE_STANDBY);
    }

    @Test
    void aFormerPrimaryThatDoesNotStartIsKeptAndTriedAgainNowAndThen() {
        Headway headway =
                new Headway(7, true, false, new Trouble(Trouble.Kind.RECOVERY_FAILS, "torn"));
        Scene scene = unstartable(headway).operation(justFailed(Kind.START_AS_STANDBY, 3));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.RECLONE_NOT_ALLOWED);
        assertThat(commands(scene.decide())).isEmpty();
        assertThat(commands(unstartable(headway).decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(AT_B));
    }

    @Test
    void theThirdNewCopyInARowThatDoesNotStartIsNotReplacedByAnother() {
        Scene scene =
                unstartable(trouble(Trouble.Kind.RECOVERY_FAILS, "torn"))
                        .operation(justFailed(Kind.START_AS_STANDBY, 3));
        Climb climb = Climb.NONE.afterCopy(NOW).afterCopy(NOW.plus(Duration.ofMinutes(1)));
        assertThat(scene.climb(climb).decide().rule()).isEqualTo(RuleId.RECLONE_STANDBY);
        scene.climb(climb.afterCopy(NOW.plus(Duration.ofMinutes(2))));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.RECLONE_NOT_ALLOWED);
        assertThat(scene.decide().because()).contains("never streamed");
    }

    @Test
    void rewindingThatFailsThreeTimesStopsWithItsReasonAndIsTriedAgainNowAndThen() {
        Scene scene = diverged().config(config().usePgRewind());
        assertThat(commands(scene.operation(failed(Kind.REWIND, 2)).decide()))
                .containsExactly(new PostgresCommand.Rewind(B, AT_B));
        Decision spent = scene.operation(justFailed(Kind.REWIND, 3)).decide();
        assertThat(spent.rule()).isEqualTo(RuleId.REWIND_SPENT);
        assertThat(spent.because()).startsWith("no luck").contains("mv DATA_DIR");
        assertThat(commands(spent)).isEmpty();
        assertThat(commands(scene.operation(failed(Kind.REWIND, 3)).decide()))
                .containsExactly(new PostgresCommand.Rewind(B, AT_B));
    }

    @Test
    void aCopyThatFailsDoesNotBringTheSpentRewindBack() {
        Scene scene =
                diverged()
                        .config(config().usePgRewind().removeOnRewindFailure())
                        .operation(failed(Kind.REWIND, 3));
        Climb climb =
                Climbing.seen(
                        Climb.NONE,
                        scene.observation().view(),
                        scene.observation().postgres(),
                        0,
                        NOW);
        assertThat(climb.rewindSpentOn()).isEqualTo(timeline(2));
        assertThat(commands(scene.climb(climb).operation(failed(Kind.CLONE, 2)).decide()))
                .containsExactly(REPLACE);
        assertThat(
                        commands(
                                scene.members(member(B, MemberState.RUNNING, MemberRole.PRIMARY, 3))
                                        .history(historyTo(3))
                                        .decide()))
                .as("another timeline is another chance")
                .containsExactly(new PostgresCommand.Rewind(B, AT_B));
    }

    @Test
    void anInterruptedRewindStopsTooWhenItIsSpent() {
        Scene scene =
                diverged()
                        .config(config().usePgRewind())
                        .directory(new DataDirectory.Interrupted("rewind"))
                        .operation(justFailed(Kind.REWIND, 3));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.REWIND_SPENT);
    }

    @Test
    void streamingEndsTheClimbAndANewCopyIsAFreshOne() {
        Climb climb = Climb.NONE.withStalls(2).withHopeless("no").withRewindSpentOn(timeline(2));
        Climb arrived =
                Climbing.seen(climb, null, Scene.following().observation().postgres(), 0, NOW);
        assertThat(arrived).isEqualTo(Climb.NONE);
        LocalPostgres copy =
                Scene.rejoining()
                        .operation(new Operation.Succeeded(Kind.CLONE, NOW))
                        .observation()
                        .postgres();
        Climb copied = Climbing.seen(climb, null, copy, 0, NOW);
        assertThat(copied.hopeless()).isNull();
        assertThat(copied.copies().inARow()).isEqualTo(1);
        assertThat(Climbing.seen(copied, null, copy, 0, NOW))
                .as("seen once more it is the same copy")
                .isEqualTo(copied);
    }

    @Test
    void theRungAndItsReasonAreTold() {
        assertThat(rung(Scene.following())).isNull();
        assertThat(rung(thirsty(QUIET, 1))).isEqualTo(RejoinRung.STREAM);
        assertThat(
                        rung(
                                thirsty(
                                        new Headway(
                                                7,
                                                false,
                                                true,
                                                new Trouble(Trouble.Kind.WAL_REMOVED, "gone")),
                                        1)))
                .isEqualTo(RejoinRung.RESTORE);
        assertThat(rung(diverged().config(config().usePgRewind()))).isEqualTo(RejoinRung.REWIND);
        assertThat(rung(diverged())).isEqualTo(RejoinRung.STOPPED);
        assertThat(rung(Scene.following().directory(new DataDirectory.Empty()).process(down())))
                .isEqualTo(RejoinRung.RECLONE);
        assertThat(rung(Scene.rejoining().members(primary(B)))).isEqualTo(RejoinRung.STREAM);
    }

    private static @Nullable RejoinRung rung(Scene scene) {
        Decision decision = scene.decide();
        var note = Climbing.decided(Climb.NONE, scene.observation(), decision, true).note();
        if (note != null) {
            assertThat(Objects.requireNonNull(note).reason()).isEqualTo(decision.because());
        }
        return note == null ? null : note.rung();
    }

    @Test
    void whoHasComeToLeadGivesItsTurnBack() {
        assertThat(Scene.leading().rebuilding(A).decide().plan())
                .contains(new Action.ReleaseRebuild());
        assertThat(Scene.leading().rebuilding(B).decide().plan())
                .doesNotContain(new Action.ReleaseRebuild());
    }
}
