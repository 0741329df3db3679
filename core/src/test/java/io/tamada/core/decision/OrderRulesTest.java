package io.tamada.core.decision;

import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.decision.Plan.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.decision.Errand.Stage;
import io.tamada.core.order.Order;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderRulesTest {

    private static final PostgresCommand STOP = new PostgresCommand.Stop(StopMode.FAST);
    private static final PostgresCommand START = new PostgresCommand.StartAsPrimary();

    private static Errand restart(Stage stage, boolean primary, @Nullable Duration patience) {
        return new Errand(
                new Order.Restart(patience),
                stage,
                "the run that is to end",
                primary,
                primary ? null : AT_B,
                lsn(4500),
                ago(1));
    }

    static Scene restarting(Stage stage) {
        return Scene.leading().errand(restart(stage, true, null));
    }

    static Scene reinitializing(boolean fromLeader) {
        return Scene.following()
                .errand(
                        new Errand(
                                new Order.Reinitialize(fromLeader),
                                Stage.ASKED,
                                "",
                                false,
                                AT_B,
                                lsn(0),
                                ago(1)));
    }

    @Test
    void aPrimaryWritesACheckpointWhileClientsGoOnThenStopsAndComesBackByTheUsualRules() {
        assertThat(commands(restarting(Stage.ASKED).decide()))
                .containsExactly(new PostgresCommand.Checkpoint());
        assertThat(commands(restarting(Stage.PREPARING).decide())).isEmpty();
        assertThat(
                        commands(
                                restarting(Stage.PREPARING)
                                        .directory(primaryData(ControlState.IN_PRODUCTION, 1, 4500))
                                        .decide()))
                .containsExactly(STOP);
        assertThat(commands(restarting(Stage.STOPPING).decide())).containsExactly(STOP);
        assertThat(commands(restarting(Stage.STOPPED).process(down()).decide()))
                .containsExactly(START);
    }

    @Test
    void aStandbyStopsAndComesBackAsOne() {
        Scene scene = Scene.following().errand(restart(Stage.ASKED, false, null));
        assertThat(commands(scene.decide())).containsExactly(STOP);
        scene.errand(restart(Stage.STOPPED, false, null)).process(down());
        assertThat(commands(scene.decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(AT_B));
    }

    @Test
    void whoHandsOverACrashedServerAtOnceStillWaitsForOneThatIsRestarted() {
        Scene scene =
                restarting(Stage.STOPPED)
                        .process(down())
                        .config(config().primaryStartTimeout(0))
                        .primaryDownSince(ago(1));
        assertThat(commands(scene.decide())).containsExactly(START);
        scene.errand(restart(Stage.STOPPED, true, Duration.ofSeconds(1)));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.LEADER_HANDS_OVER);
    }

    @Test
    void inPauseOnlyWhatIsOrderedIsDone() {
        Scene scene = restarting(Stage.STOPPED).process(down()).config(config().pause());
        assertThat(commands(scene.decide())).containsExactly(START);
        Scene standby =
                Scene.following()
                        .errand(restart(Stage.STOPPED, false, null))
                        .process(down())
                        .config(config().pause());
        assertThat(commands(standby.decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(AT_B));
    }

    @Test
    void aNewCopyIsMadeInTurnAndFromTheLeaderWhereThatIsAskedFor() {
        assertThat(commands(reinitializing(false).decide()))
                .containsExactly(new PostgresCommand.Stop(StopMode.IMMEDIATE));
        Decision copies = reinitializing(true).process(down()).decide();
        assertThat(copies.plan()).contains(new Action.ClaimRebuild());
        assertThat(commands(copies)).containsExactly(new PostgresCommand.WipeAndClone(B, AT_B));
        assertThat(reinitializing(true).process(down()).rebuilding(C).decide().rule())
                .isEqualTo(RuleId.RECLONE_WAITS);
    }

    /// Whoever creates a cluster leads before it is known which one it is.
    @Test
    void noCopyTakesThePlaceOfDataWhileAClusterIsBeingCreated() {
        Scene created =
                reinitializing(true)
                        .process(down())
                        .initialization(new Initialization.InProgress(7));
        assertThat(commands(created.decide()))
                .noneMatch(PostgresCommand.WipeAndClone.class::isInstance);
    }

    @Test
    void thePrimaryIsNeverReplacedByACopy() {
        Scene scene =
                Scene.leading()
                        .errand(
                                new Errand(
                                        new Order.Reinitialize(true),
                                        Stage.ASKED,
                                        "",
                                        true,
                                        null,
                                        lsn(0),
                                        ago(1)));
        assertThat(commands(scene.decide())).isEmpty();
        assertThat(commands(scene.config(config().pause()).decide())).isEmpty();
    }
}
