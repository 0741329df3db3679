package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.AT_C;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.checkpointPending;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.control;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.failed;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.notStreaming;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.primaryWithSlots;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.running;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.standbyWithSlots;
import static io.tamada.core.Facts.streaming;
import static io.tamada.core.Facts.tags;
import static io.tamada.core.decision.Plan.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.wal.Lsn;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StandbyRulesTest {

    private static final PostgresCommand STOP_NOW = new PostgresCommand.Stop(StopMode.IMMEDIATE);

    /// A former primary, diverged, while `b` leads on timeline 2.
    private static Scene diverged() {
        return Scene.rejoining()
                .members(member(B, MemberState.RUNNING, MemberRole.PRIMARY, 2))
                .history(historyTo(2))
                .directory(primaryData(ControlState.SHUT_DOWN, 1, 1500));
    }

    @Test
    void aDeposedPrimaryIsStoppedBeforeAnythingElse() {
        Decision decision = Scene.leading().lease(new LeaderLease.HeldByOther(B)).decide();
        assertThat(decision.plan().getFirst()).isEqualTo(new Action.Instance(STOP_NOW));
    }

    @Test
    void aFastStopUnderWayIsHardenedWhenAnotherLeads() {
        Scene scene =
                Scene.leading().lease(new LeaderLease.HeldByOther(B)).operation(running(Kind.STOP));
        assertThat(commands(scene.decide())).containsExactly(STOP_NOW);
        assertThat(commands(scene.process(silent()).decide())).containsExactly(STOP_NOW);
        assertThat(commands(scene.process(down()).decide())).isEmpty();
    }

    @Test
    void becomingPrimaryIsCalledOffWhenTheLeaseIsLost() {
        for (Kind kind : new Kind[] {Kind.PROMOTE, Kind.START_AS_PRIMARY}) {
            assertThat(commands(Scene.following().operation(running(kind)).decide()))
                    .containsExactly(STOP_NOW);
        }
    }

    @Test
    void aSilentServerThatIsAToolsIsLetAlone() {
        assertThat(commands(diverged().process(silent()).operation(running(Kind.REWIND)).decide()))
                .isEmpty();
    }

    @Test
    void aStandbyIsPointedAtItsLeader() {
        assertThat(commands(Scene.following().process(answering(standbyStatus(1, 1))).decide()))
                .containsExactly(new PostgresCommand.Follow(AT_B));
    }

    @Test
    void aStandbyThatStreamsFromItsLeaderIsLeftAlone() {
        var slotOfTheLeader = new SlotState("b", true, false, lsn(1));
        Scene scene =
                Scene.following()
                        .process(answering(standbyWithSlots(lsn(5000), List.of(slotOfTheLeader))));
        assertThat(commands(scene.decide())).isEmpty();
    }

    @Test
    void nothingIsDoneOnTheWordOfALeaderWhoseClusterHasNoIdentifierYet() {
        Scene unknown = diverged().config(config().removeOnDivergence());
        assertThat(commands(unknown.decide()))
                .hasExactlyElementsOfTypes(PostgresCommand.WipeAndClone.class);
        assertThat(commands(unknown.initialization(new Initialization.Absent()).decide()))
                .isEmpty();
    }

    @Test
    void rewindingWaitsForTheLeadersFirstCheckpoint() {
        Scene scene =
                diverged()
                        .config(config().usePgRewind())
                        .members(
                                checkpointPending(
                                        member(B, MemberState.RUNNING, MemberRole.PRIMARY, 2)));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.REJOIN_AWAITS_LEADER);
        assertThat(commands(scene.decide())).isEmpty();
    }

    @Test
    void rewindingWaitsForTheLeadersHistory() {
        Scene scene = diverged().config(config().usePgRewind()).history(historyTo(1));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.REJOIN_AWAITS_LEADER);
    }

    @Test
    void aCrashedPrimaryThatMayHaveWrittenMoreIsRewoundWhereThatIsAllowed() {
        Scene crashed = diverged().directory(primaryData(ControlState.IN_PRODUCTION, 1, 500));
        assertThat(commands(crashed.config(config().usePgRewind()).decide()))
                .containsExactly(new PostgresCommand.Rewind(B, AT_B));
        assertThat(commands(crashed.config(config()).decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(AT_B));
    }

    @Test
    void aCopyThatWasNeverStartedIsStartedThoughItsControlFileIsAPrimarys() {
        Scene copy =
                diverged()
                        .config(config().usePgRewind())
                        .directory(
                                new DataDirectory.Ready(
                                        control(ControlState.IN_PRODUCTION, 1, 500), true, true));
        assertThat(commands(copy.decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(AT_B));
    }

    @Test
    void theSameTimelineWonTwiceIsNeitherFollowedNorRewound() {
        Scene forked =
                diverged()
                        .config(config().usePgRewind())
                        .directory(primaryData(ControlState.SHUT_DOWN, 2, 1500));
        Decision decision = forked.decide();
        assertThat(decision.rule()).isEqualTo(RuleId.REWIND_NOT_ALLOWED);
        assertThat(decision.because()).contains("timeline 2 itself");
        assertThat(commands(forked.config(config().usePgRewind().removeOnDivergence()).decide()))
                .containsExactly(new PostgresCommand.WipeAndClone(B, AT_B));
    }

    @Test
    void dataAreWipedAfterRewindingHasFailedOnlyWhereTheSettingsSaySo() {
        Scene spent = diverged().operation(failed(Kind.REWIND, 3));
        assertThat(commands(spent.config(config().usePgRewind()).decide()))
                .containsExactly(new PostgresCommand.Rewind(B, AT_B));
        assertThat(commands(spent.config(config().usePgRewind().removeOnRewindFailure()).decide()))
                .containsExactly(new PostgresCommand.WipeAndClone(B, AT_B));
    }

    @Test
    void anInterruptedRewindIsContinuedAndGivenUpOnlyWhereTheSettingsSaySo() {
        Scene interrupted =
                diverged()
                        .directory(new DataDirectory.Interrupted("rewind"))
                        .operation(failed(Kind.REWIND, 3));
        assertThat(commands(interrupted.config(config().usePgRewind()).decide()))
                .containsExactly(new PostgresCommand.Rewind(B, AT_B));
        assertThat(
                        commands(
                                interrupted
                                        .config(config().usePgRewind().removeOnRewindFailure())
                                        .decide()))
                .containsExactly(new PostgresCommand.WipeAndClone(B, AT_B));
    }

    @Test
    void aStandbyIsStartedWhileItsLeaderIsNotReadySoThatItCouldTakeOver() {
        Scene waiting =
                Scene.rejoining().members(member(B, MemberState.STARTING, MemberRole.REPLICA, 1));
        assertThat(commands(waiting.decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(null));
    }

    @Test
    void aFormerPrimaryWaitsForALeaderThatStartsAndNotForOneThatCannot() {
        Scene former = Scene.rejoining().directory(primaryData(ControlState.SHUT_DOWN, 1, 1500));
        assertThat(
                        commands(
                                former.members(
                                                member(
                                                        B,
                                                        MemberState.STARTING,
                                                        MemberRole.REPLICA,
                                                        1))
                                        .decide()))
                .isEmpty();
        assertThat(
                        commands(
                                former.members(
                                                member(
                                                        B,
                                                        MemberState.START_FAILED,
                                                        MemberRole.REPLICA,
                                                        1))
                                        .decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(null));
    }

    @Test
    void whatDivergedWhileItRanIsRewoundThoughItsControlFileLooksInLine() {
        Scene scene =
                diverged()
                        .config(config().usePgRewind())
                        .directory(standbyData(1, 900))
                        .divergedFrom(2);
        assertThat(commands(scene.decide())).containsExactly(new PostgresCommand.Rewind(B, AT_B));
    }

    @Test
    void aServerWhoseDirectoryIsGoneIsStoppedBeforeANewClone() {
        Scene scene = Scene.following().directory(new DataDirectory.Empty());
        assertThat(commands(scene.decide())).containsExactly(STOP_NOW);
        assertThat(commands(scene.process(down()).decide()))
                .containsExactly(new PostgresCommand.Clone(B, AT_B));
    }

    @Test
    void aDeposedPrimaryWithAnUnreadableDirectoryIsStoppedBeforeTheAgentEnds() {
        Scene scene =
                Scene.leading()
                        .lease(new LeaderLease.HeldByOther(B))
                        .directory(new DataDirectory.Unusable("the disk has failed"));
        assertThat(commands(scene.decide())).containsExactly(STOP_NOW);
        assertThat(scene.process(down()).decide().plan())
                .hasAtLeastOneElementOfType(Action.Exit.class);
    }

    @Test
    void aMemberThatIsNotToStreamIsPointedAtNobodyAndLeftThere() {
        Scene archived = Scene.following().tags(tags("nostream", true));
        assertThat(commands(archived.process(answering(notStreaming(AT_B, 1, 5000))).decide()))
                .containsExactly(new PostgresCommand.Follow(null));
        assertThat(commands(archived.process(answering(standbyStatus(1, 5000))).decide()))
                .isEmpty();
        assertThat(commands(archived.process(down()).decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(null));
        assertThat(commands(archived.directory(new DataDirectory.Empty()).decide()))
                .containsExactly(new PostgresCommand.Clone(B, AT_B, null));
    }

    @Test
    void aCopyIsTakenFromOneMemberAndItsSlotReservedOnAnother() {
        Scene empty =
                Scene.following()
                        .members(primary(B), streaming(replica(C), tags("clonefrom", true)))
                        .directory(new DataDirectory.Empty())
                        .process(down());
        assertThat(commands(empty.decide()))
                .containsExactly(new PostgresCommand.Clone(C, AT_C, AT_B));
        assertThat(commands(empty.operation(failed(Kind.CLONE, 1)).decide()))
                .containsExactly(new PostgresCommand.Clone(B, AT_B, AT_B));
        assertThat(commands(empty.operation(failed(Kind.CLONE, 2)).decide()))
                .containsExactly(new PostgresCommand.Clone(C, AT_C, AT_B));
    }

    @Test
    void theSourceOfARewindIsTheLeaderWhateverTheTagsSay() {
        Scene scene =
                diverged()
                        .config(config().usePgRewind())
                        .members(
                                member(B, MemberState.RUNNING, MemberRole.PRIMARY, 2),
                                streaming(
                                        member(C, MemberState.RUNNING, MemberRole.REPLICA, 2),
                                        tags("clonefrom", true)))
                        .tags(tags("replicatefrom", "c"));
        assertThat(commands(scene.decide())).containsExactly(new PostgresCommand.Rewind(B, AT_B));
    }

    @Test
    void aStandbyHasASlotReadyForThoseWhoStreamFromItAndTheLeaderMovesItsOwnAlong() {
        Member cascading = streaming(replica(C), tags("replicatefrom", "a"));
        Scene middle =
                Scene.following().members(streaming(replica(A), tags()), primary(B), cascading);
        assertThat(commands(middle.decide())).contains(new PostgresCommand.CreateSlot("c"));

        Scene leader =
                Scene.leading()
                        .members(
                                primary(A),
                                streaming(replica(B), tags()),
                                streaming(replica(C), tags("replicatefrom", "b")))
                        .process(
                                answering(
                                        primaryWithSlots(
                                                List.of(
                                                        new SlotState("b", true, true, lsn(1)),
                                                        new SlotState("c", true, false, lsn(1))))));
        TreeMap<String, Lsn> moved = new TreeMap<>();
        moved.put("c", lsn(5000));
        assertThat(commands(leader.decide()))
                .containsExactly(new PostgresCommand.AdvanceSlots(moved));
    }
}
