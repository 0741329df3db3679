package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.failed;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.justFailed;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.succeeded;
import static io.tamada.core.Facts.timeline;
import static io.tamada.core.SyncFacts.gated;
import static io.tamada.core.decision.Plan.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StandbyNames;
import io.tamada.core.postgres.StopMode;
import org.junit.jupiter.api.Test;

/// Until the `initialize` key names a cluster another member may begin one of its own: nobody is
/// promised anything before.
class FirstPrimaryRulesTest {

    private static final PostgresCommand BEHIND_THE_GATE =
            new PostgresCommand.SetSynchronousStandbys(StandbyNames.NONE, ClientGate.SHUT);
    private static final PostgresCommand START = new PostgresCommand.StartAsPrimary();
    private static final Action COMPLETE = new Action.CompleteInitialization(SYSTEM);
    private static final Action PROVISION = new Action.Instance(new PostgresCommand.Provision());

    private static Scene bootstrapping() {
        return Scene.empty()
                .holdsInitialization()
                .directory(primaryData(ControlState.SHUT_DOWN, 1, 100));
    }

    private static Scene promoting() {
        return Scene.leading().process(answering(standbyStatus(1, 5000)));
    }

    private static Scene leadingWithoutKey() {
        return Scene.leading().initialization(new Initialization.Absent());
    }

    @Test
    void theFirstInstanceTakesTheLeaseStartsIsProvisionedAndCompletesTheCluster() {
        Scene scene = bootstrapping();
        assertThat(scene.decide().plan()).contains(new Action.AcquireLease());
        scene.lease(new LeaderLease.Held(in(25)));
        assertThat(commands(scene.decide())).containsExactly(BEHIND_THE_GATE, START);
        scene.process(answering(primaryStatus(1, 200)));
        assertThat(commands(scene.decide())).containsExactly(new PostgresCommand.Provision());
        scene.operation(succeeded(Kind.PROVISION)).noConfigInStore();
        assertThat(scene.decide().plan())
                .containsSequence(new Action.RenewLease(), new Action.CreateConfig(), COMPLETE);
    }

    @Test
    void clientsComeInWhenTheClusterIsInTheStore() {
        Decision decision = Scene.leading().process(answering(gated(""))).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.GATE_OPENS);
        assertThat(commands(decision))
                .contains(
                        new PostgresCommand.SetSynchronousStandbys(
                                StandbyNames.NONE, ClientGate.OPEN));
        assertThat(leadingWithoutKey().process(answering(gated(""))).decide().rule())
                .isEqualTo(RuleId.BOOTSTRAP_COMPLETE);
    }

    @Test
    void rulesOfTheUsersOwnAreLeftAlone() {
        Scene scene = bootstrapping().lease(new LeaderLease.Held(in(25)));
        scene.config(config().ownHbaFile());
        assertThat(commands(scene.decide())).containsExactly(START);
    }

    @Test
    void whatInitdbHasMadeIsNotStartedWhileTheStoreIsSilent() {
        Scene scene =
                Scene.storeSilent()
                        .directory(primaryData(ControlState.SHUT_DOWN, 1, 100))
                        .process(down());
        assertThat(commands(scene.decide())).hasSize(1);
        assertThat(commands(scene.recorded(null).decide())).isEmpty();
    }

    @Test
    void whatRunsAsAStandbyInAnUnfinishedBootstrapIsStoppedAndComesUpBehindTheGate() {
        Scene scene = promoting().initialization(new Initialization.InProgress(7));
        assertThat(commands(scene.decide()))
                .containsExactly(new PostgresCommand.Stop(StopMode.FAST));
        scene.directory(standbyData(1, 100)).process(down());
        assertThat(commands(scene.decide())).containsExactly(BEHIND_THE_GATE, START);
    }

    @Test
    void aPromotionInAStoreWithoutTheKeyWritesItFirst() {
        Scene scene = promoting().initialization(new Initialization.Absent());
        assertThat(scene.decide().plan())
                .containsSubsequence(
                        new Action.RenewLease(),
                        COMPLETE,
                        new Action.ClaimTimeline(timeline(2)),
                        new Action.Instance(new PostgresCommand.Promote(timeline(2))));
        scene.config(config().synchronous(SynchronousMode.ON));
        assertThat(scene.decide().plan())
                .containsSubsequence(
                        new Action.WriteSync(SyncState.leaderOnly(A)),
                        COMPLETE,
                        new Action.Instance(new PostgresCommand.Promote(timeline(2))));
    }

    @Test
    void theKeyOfARunningPrimaryIsWrittenAtOnceAndItsRolesAreLookedAfterThen() {
        assertThat(leadingWithoutKey().decide().plan())
                .containsSubsequence(new Action.RenewLease(), COMPLETE, PROVISION);
    }

    @Test
    void rolesThatCouldNotBeMadeAreTriedAgainLater() {
        assertThat(Scene.leading().operation(justFailed(Kind.PROVISION, 2)).decide().plan())
                .doesNotContain(PROVISION);
        assertThat(Scene.leading().operation(failed(Kind.PROVISION, 1)).decide().plan())
                .contains(PROVISION)
                .doesNotHaveAnyElementsOfTypes(Action.Exit.class);
    }
}
