package io.tamada.core.decision;

import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.justFailed;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.running;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.decision.Plan.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import org.junit.jupiter.api.Test;

class ShutdownAndStoreRulesTest {

    private static final PostgresCommand FAST = new PostgresCommand.Stop(StopMode.FAST);
    private static final PostgresCommand IMMEDIATE = new PostgresCommand.Stop(StopMode.IMMEDIATE);

    private static Scene ending() {
        return Scene.leading().wish(Wish.SHUT_DOWN);
    }

    @Test
    void theServerIsAskedToStopBeforeTheStoreIsAskedForAnything() {
        assertThat(ending().decide().plan().getFirst()).isEqualTo(new Action.Instance(FAST));
        assertThat(ending().decide().plan()).contains(new Action.RenewLease());
    }

    @Test
    void theStopTurnsHardWhenTheLeaseWouldNotOutlastAFastOne() {
        Scene silent = ending().storeAnswers(false);
        assertThat(commands(silent.lease(new LeaderLease.Unconfirmed(in(11))).decide()))
                .containsExactly(FAST);
        assertThat(commands(silent.lease(new LeaderLease.Unconfirmed(in(10))).decide()))
                .containsExactly(IMMEDIATE);
        assertThat(commands(silent.lease(new LeaderLease.Unknown()).decide()))
                .containsExactly(IMMEDIATE);
        assertThat(
                        commands(
                                ending().lease(new LeaderLease.Held(in(9)))
                                        .unprovenRenewals(1)
                                        .decide()))
                .containsExactly(IMMEDIATE);
    }

    @Test
    void theStopIsHardWhenAnotherLeads() {
        assertThat(commands(ending().lease(new LeaderLease.HeldByOther(B)).decide()))
                .containsExactly(IMMEDIATE);
    }

    @Test
    void whatRunsIsCancelledBeforeTheAgentEnds() {
        assertThat(commands(ending().process(down()).operation(running(Kind.CLONE)).decide()))
                .containsExactly(FAST);
    }

    @Test
    void theShutdownCheckpointIsToldBeforeTheLeaseIsGivenAway() {
        Decision decision =
                ending().process(down())
                        .directory(primaryData(ControlState.SHUT_DOWN, 1, 6000))
                        .decide();
        assertThat(decision.plan()).hasSize(3);
        assertThat(decision.plan().getFirst()).isInstanceOf(Action.WriteStatus.class);
        assertThat(decision.plan().get(1))
                .isInstanceOfSatisfying(
                        Action.PublishMember.class,
                        said -> assertThat(said.member().state()).isEqualTo(MemberState.STOPPED));
        assertThat(decision.plan().getLast()).isInstanceOf(Action.ReleaseLease.class);
    }

    @Test
    void anOldCheckpointNeverLowersThePositionThatCandidatesAreMeasuredAgainst() {
        for (ControlState state : ControlState.values()) {
            assertThat(
                            ending().process(down())
                                    .directory(primaryData(state, 1, 100))
                                    .decide()
                                    .plan())
                    .noneMatch(Action.WriteStatus.class::isInstance);
        }
    }

    @Test
    void theExitDoesNotDependOnWhatTheStoreSays() {
        Decision decision = Scene.rejoining().wish(Wish.SHUT_DOWN).decide();
        assertThat(decision.plan().getFirst()).isInstanceOf(Action.Exit.class);
    }

    @Test
    void inPauseTheServerAndTheLeaseStay() {
        Decision decision = ending().config(config().pause()).decide();
        assertThat(decision.plan()).hasOnlyElementsOfType(Action.Exit.class);
    }

    @Test
    void aSilentStoreIsNoReasonToStopWhileTheLeaseIsGood() {
        Scene scene = Scene.leading().storeAnswers(false);
        assertThat(scene.lease(new LeaderLease.Unconfirmed(in(11))).decide().plan()).isEmpty();
        assertThat(commands(scene.lease(new LeaderLease.Unconfirmed(in(10))).decide()))
                .containsExactly(FAST);
    }

    @Test
    void whoWasStoppedBecauseTheLeaseRunsOutServesReadersAtOnce() {
        Scene stopped = Scene.storeSilent().process(down());
        assertThat(commands(stopped.lease(new LeaderLease.Unconfirmed(in(9))).decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(null));
        assertThat(stopped.lease(new LeaderLease.Unconfirmed(in(25))).decide().rule())
                .as("a server that is down for another reason may come back as it was")
                .isEqualTo(RuleId.STORE_SILENT_LEASE_GOOD);
    }

    @Test
    void anAdoptedPrimaryGetsOneRoundOfRetriesBeforeItIsStopped() {
        Scene adopted = Scene.leading().storeAnswers(false).lease(new LeaderLease.Unknown());
        assertThat(adopted.neverRead(ago(9)).decide().plan()).isEmpty();
        assertThat(commands(adopted.neverRead(ago(10)).decide())).containsExactly(FAST);
    }

    @Test
    void aDemotedServerComesBackReadOnlyWhileTheStoreIsSilent() {
        assertThat(commands(Scene.storeSilent().process(down()).decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(null));
        assertThat(
                        commands(
                                Scene.storeSilent()
                                        .process(down())
                                        .operation(justFailed(Kind.START_AS_STANDBY, 2))
                                        .decide()))
                .isEmpty();
    }

    @Test
    void nothingIsStartedBeforeTheStoreHasAnsweredOnce() {
        assertThat(Scene.storeSilent().process(down()).neverRead(ago(9999)).decide().plan())
                .isEmpty();
    }

    @Test
    void inPauseASilentStoreStopsNothing() {
        assertThat(
                        Scene.leading()
                                .storeAnswers(false)
                                .lease(new LeaderLease.Unknown())
                                .config(config().pause())
                                .decide()
                                .plan())
                .isEmpty();
    }
}
