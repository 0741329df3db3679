package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.failed;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.running;
import static io.tamada.core.Facts.saysWhyNot;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.storageFails;
import static io.tamada.core.Facts.storageFull;
import static io.tamada.core.Facts.storageHangs;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Storage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StorageRulesTest {

    private static final Action STOP =
            new Action.Instance(new PostgresCommand.Stop(StopMode.IMMEDIATE));

    static List<Storage> troubledFor30s() {
        return List.of(storageFails(30), storageHangs(30));
    }

    @ParameterizedTest
    @MethodSource("troubledFor30s")
    void aPrimaryWhoseStorageFailsForStorageTimeoutIsStoppedAndItsLeaseNotRenewed(Storage storage) {
        Decision decision = Scene.leading().storage(storage).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.LEADER_STORAGE_FAILS);
        assertThat(decision.plan()).containsExactly(STOP);
    }

    @Test
    void aSlowDiskIsNoReasonToChangeTheLeader() {
        Decision decision = Scene.leading().storage(storageHangs(29)).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.LEADER_STEADY);
        assertThat(decision.nextTick()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void whatLooksLateRightAfterThePauseOfAWholeMachineMustBeSeenAgain() {
        Scene thawed = Scene.leading().storage(storageHangs(60)).storageTroubleSeenAt(ago(1));
        assertThat(thawed.decide().rule()).isEqualTo(RuleId.LEADER_STEADY);
        assertThat(thawed.storageTroubleSeenAt(ago(2)).decide().rule())
                .isEqualTo(RuleId.LEADER_STORAGE_FAILS);
    }

    @Test
    void aStopThatHangsWithTheDiskLetsTheLeaseRunOut() {
        Decision decision =
                Scene.leading()
                        .process(silent())
                        .operation(running(Kind.STOP))
                        .storage(storageHangs(40))
                        .decide();
        assertThat(decision.plan()).containsExactly(STOP);
    }

    @Test
    void theLeaseIsGivenAwayOnlyWhenTheServerIsKnownToBeDown() {
        Decision decision = Scene.leading().process(down()).storage(storageHangs(40)).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.LEADER_STORAGE_HANDS_OVER);
        assertThat(decision.plan()).hasOnlyElementsOfType(Action.ReleaseLease.class);
    }

    @Test
    void aServerThatHasEndedOnFailingStorageHandsOverWithoutWaitingForStorageTimeout() {
        Scene crashed = Scene.leading().process(down());
        assertThat(crashed.storage(storageFails(2)).decide().rule())
                .isEqualTo(RuleId.LEADER_STORAGE_HANDS_OVER);
        assertThat(crashed.storage(storageFails(1)).decide().rule())
                .isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
        assertThat(crashed.storage(storageHangs(29)).decide().rule())
                .isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
    }

    @Test
    void aServerThatCannotStartWhereNoWalSegmentFitsHandsOver() {
        Scene full = Scene.leading().process(down()).storage(storageFull());
        assertThat(full.decide().rule()).isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
        assertThat(full.operation(failed(Kind.START_AS_PRIMARY, 1)).decide().rule())
                .isEqualTo(RuleId.LEADER_STORAGE_HANDS_OVER);
    }

    @Test
    void aRunningPrimaryMayGoOnInLittleRoom() {
        assertThat(Scene.leading().storage(storageFull()).decide().rule())
                .isEqualTo(RuleId.LEADER_STEADY);
    }

    @Test
    void aLeaderWithoutAnHeirStaysAndSaysSo() {
        Scene alone = Scene.leading().members(primary(A)).storage(storageFails(40));
        assertThat(alone.decide().rule()).isEqualTo(RuleId.LEADER_STORAGE_ALONE);
        assertThat(alone.decide().plan().getFirst()).isEqualTo(new Action.RenewLease());
        Scene allFull =
                alone.members(primary(A), saysWhyNot(replica(B), "its storage refuses writes"));
        assertThat(allFull.decide().rule()).isEqualTo(RuleId.LEADER_STORAGE_ALONE);
    }

    @Test
    void aWinnerThatHasNotPromotedYetGivesTheLeaseToSomebodyWithAGoodDisk() {
        Decision decision =
                Scene.leading()
                        .process(answering(standbyStatus(1, 5000)))
                        .storage(storageFails(30))
                        .decide();
        assertThat(decision.rule()).isEqualTo(RuleId.LEADER_STORAGE_HANDS_OVER);
    }

    @Test
    void zeroSwitchesTheLookAtTheStorageOff() {
        Scene off = Scene.leading().config(config().storageTimeout(0)).storage(storageFails(9999));
        assertThat(off.decide().rule()).isEqualTo(RuleId.LEADER_STEADY);
        assertThat(off.process(down()).decide().rule()).isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
    }

    @Test
    void whoCannotWriteToItsOwnDiskDoesNotRaceAndSaysWhy() {
        for (Storage storage : List.of(storageFails(0), storageHangs(3), storageFull())) {
            Decision decision = Scene.leaderless().storage(storage).decide();
            assertThat(decision.rule()).isEqualTo(RuleId.RACE_NOT_OURS);
            assertThat(decision.because()).startsWith("its storage");
        }
    }

    @Test
    void aMemberPublishesThatItsStorageKeepsItFromLeading() {
        Decision decision = Scene.following().storage(storageFull()).decide();
        assertThat(decision.plan())
                .anyMatch(
                        step ->
                                step instanceof Action.PublishMember(var member)
                                        && member.whyNot() != null);
    }
}
