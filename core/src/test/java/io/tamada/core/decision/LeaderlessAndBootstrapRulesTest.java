package io.tamada.core.decision;

import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.OTHER_SYSTEM;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.control;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.failed;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.justFailed;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.Facts.tags;
import static io.tamada.core.decision.Plan.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LeaderlessAndBootstrapRulesTest {

    private static final Initialization ABSENT = new Initialization.Absent();

    @Test
    void whoNeverLeadsCreatesNoCluster() {
        MemberTags never = new MemberTags(new TreeMap<>(Map.of("nofailover", true)));
        Decision decision = Scene.empty().tags(never).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.BOOTSTRAP_AWAITED);
        assertThat(decision.because()).contains("nofailover");
    }

    @Test
    void whoMayLeadTakesTheLeaseAtOnce() {
        Decision decision = Scene.leaderless().decide();
        assertThat(decision.plan().getFirst()).isEqualTo(new Action.AcquireLease());
        assertThat(decision.nextTick()).isZero();
    }

    @Test
    void aSilentServerThatMayBeAPrimaryIsStoppedUnderAVacantLease() {
        Scene silent = Scene.primaryWithoutLease().process(silent());
        PostgresCommand stop = new PostgresCommand.Stop(StopMode.IMMEDIATE);
        assertThat(commands(silent.decide())).containsExactly(stop);
        assertThat(commands(silent.initialization(new Initialization.InProgress(1)).decide()))
                .containsExactly(stop);
        assertThat(commands(Scene.leaderless().process(silent()).decide())).isEmpty();
    }

    @Test
    void anOutdatedPrimaryIsStoppedAndNobodyIsPromotedInstead() {
        assertThat(commands(Scene.primaryWithoutLease().history(historyTo(2)).decide()))
                .containsExactly(new PostgresCommand.Stop(StopMode.FAST));
    }

    @Test
    void aStandbyThatThisAgentNeverRanIsNotPromotedWhenTheStoreKnowsNothing() {
        Scene adopted =
                Scene.leaderless()
                        .initialization(ABSENT)
                        .uninitializedSince(ago(9999))
                        .directory(
                                new DataDirectory.Ready(
                                        control(ControlState.IN_ARCHIVE_RECOVERY, 1, 100),
                                        true,
                                        false));
        assertThat(adopted.decide().because()).contains("never promoted on adoption");
    }

    @Test
    void whenTheStoreHasLostItsRecordAKnownStandbyWaitsForAPrimaryToRestoreIt() {
        Scene known = Scene.leaderless().initialization(ABSENT);
        assertThat(known.uninitializedSince(ago(29)).decide().rule())
                .isEqualTo(RuleId.RACE_NOT_OURS);
        assertThat(known.uninitializedSince(ago(30)).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void whoHasJustStartedAndLacksWritesLeavesATtlToThoseWhoHaveThem() {
        Scene scene = Scene.leaderless().optime(5001);
        assertThat(scene.startedAt(ago(29)).decide().rule()).isEqualTo(RuleId.RACE_NOT_OURS);
        assertThat(scene.startedAt(ago(30)).decide().rule()).isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        assertThat(Scene.leaderless().startedAt(ago(1)).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void whoHasJustHandedOverStaysOut() {
        assertThat(Scene.leaderless().raceBarredUntil(in(1)).decide().rule())
                .isEqualTo(RuleId.RACE_NOT_OURS);
        assertThat(Scene.leaderless().raceBarredUntil(NOW).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void aStoppedInstanceIsStartedAsAStandbyToSeeHowFarItReaches() {
        Scene stopped =
                Scene.leaderless()
                        .process(down())
                        .directory(primaryData(ControlState.SHUT_DOWN, 1, 100));
        assertThat(commands(stopped.decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(null));
        assertThat(commands(stopped.operation(justFailed(Kind.START_AS_STANDBY, 3)).decide()))
                .isEmpty();
    }

    @Test
    void onlyOneMemberMayRunInitdb() {
        assertThat(Scene.empty().decide().plan()).contains(new Action.ClaimInitialization());
        assertThat(commands(Scene.empty().holdsInitialization().decide()))
                .containsExactly(new PostgresCommand.Initdb());
        assertThat(
                        commands(
                                Scene.empty()
                                        .initialization(new Initialization.InProgress(9))
                                        .decide()))
                .isEmpty();
    }

    @Test
    void nobodyClaimsWhileAMemberWithDataIsThere() {
        assertThat(Scene.empty().members(replica(B)).decide().rule())
                .isEqualTo(RuleId.CLONE_AWAITS_LEADER);
    }

    /// Otherwise claiming and giving back would chase each other, and initdb never run again.
    @Test
    void aFailedInitdbIsTriedAgainUnderTheClaimOnceItsPauseIsOver() {
        Scene claimed = Scene.empty().holdsInitialization();
        assertThat(commands(claimed.operation(justFailed(Kind.INITDB, 1)).decide()))
                .containsExactly(new PostgresCommand.Initdb());
        assertThat(claimed.operation(justFailed(Kind.INITDB, 2)).decide().plan())
                .contains(new Action.AbandonInitialization());
        assertThat(commands(claimed.operation(failed(Kind.INITDB, 2)).decide()))
                .containsExactly(new PostgresCommand.Initdb());
    }

    @Test
    void whileItPausesTheClaimIsLeftToOthers() {
        assertThat(Scene.empty().operation(justFailed(Kind.INITDB, 2)).decide().plan())
                .doesNotContain(new Action.ClaimInitialization());
    }

    @Test
    void afterTheLastAttemptTheClaimIsGivenBackAndTheAgentEnds() {
        assertThat(
                        Scene.empty()
                                .holdsInitialization()
                                .operation(failed(Kind.INITDB, 3))
                                .decide()
                                .plan())
                .contains(new Action.AbandonInitialization());
        assertThat(Scene.empty().operation(failed(Kind.INITDB, 3)).decide().plan())
                .hasAtLeastOneElementOfType(Action.Exit.class);
    }

    @Test
    void aClaimBesideALeaderOrOnAnInterruptedCopyIsGivenBack() {
        Scene overtaken = Scene.empty().holdsInitialization();
        assertThat(overtaken.lease(new LeaderLease.HeldByOther(B)).decide().plan())
                .contains(new Action.AbandonInitialization());
        assertThat(
                        Scene.empty()
                                .holdsInitialization()
                                .directory(new DataDirectory.Interrupted("clone"))
                                .decide()
                                .plan())
                .contains(new Action.AbandonInitialization());
    }

    @Test
    void aBootstrapThatCannotBeProvisionedEndsTheAgent() {
        assertThat(
                        Scene.leading()
                                .holdsInitialization()
                                .operation(failed(Kind.PROVISION, 1))
                                .decide()
                                .plan())
                .hasAtLeastOneElementOfType(Action.Exit.class);
    }

    @Test
    void aForeignDirectoryIsNamedAndNothingIsChanged() {
        Decision decision =
                Scene.rejoining().initialization(new Initialization.Done(OTHER_SYSTEM)).decide();
        assertThat(decision.plan()).hasOnlyElementsOfType(Action.Exit.class);
        assertThat(decision.because()).contains(SYSTEM.value(), OTHER_SYSTEM.value());
    }

    @Test
    void aCloneThatFailsIsTriedAgainEverLaterButWithinAMinute() {
        Scene cloning = Scene.following().directory(new DataDirectory.Empty()).process(down());
        assertThat(commands(cloning.operation(justFailed(Kind.CLONE, 1)).decide()))
                .containsExactly(new PostgresCommand.Clone(B, AT_B));
        assertThat(commands(cloning.operation(justFailed(Kind.CLONE, 99)).decide())).isEmpty();
        assertThat(commands(cloning.operation(failed(Kind.CLONE, 99)).decide())).hasSize(1);
    }

    @Test
    void inPauseOnlyTheLeaseOfARunningPrimaryIsLookedAfter() {
        var pause = config().pause();
        assertThat(Scene.leading().config(pause).decide().plan()).contains(new Action.RenewLease());
        assertThat(Scene.primaryWithoutLease().config(pause).decide().plan())
                .contains(new Action.AcquireLease());
        assertThat(Scene.leaderless().config(pause).decide().plan())
                .doesNotContain(new Action.AcquireLease());
        assertThat(Scene.leading().process(down()).config(pause).decide().plan().getFirst())
                .isInstanceOf(Action.ReleaseLease.class);
        assertThat(
                        commands(
                                Scene.leading()
                                        .lease(new LeaderLease.HeldByOther(B))
                                        .config(pause)
                                        .decide()))
                .isEmpty();
    }

    @Test
    void aNofailoverMemberDoesNotAdoptAStoppedInstance() {
        Scene adopting =
                Scene.empty()
                        .directory(
                                new DataDirectory.Ready(
                                        control(ControlState.SHUT_DOWN, 1, 100), false, false));
        assertThat(adopting.decide().plan()).contains(new Action.AcquireLease());
        MemberTags never = tags("nofailover", true);
        assertThat(adopting.tags(never).decide().rule()).isEqualTo(RuleId.RACE_NOT_OURS);
    }
}
