package io.tamada.core.decision;

import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.decision.Plan.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import org.junit.jupiter.api.Test;

class SlowStopTest {

    private static final PostgresCommand FAST = new PostgresCommand.Stop(StopMode.FAST);
    private static final PostgresCommand IMMEDIATE = new PostgresCommand.Stop(StopMode.IMMEDIATE);

    /// A primary that leads is being stopped, and its sessions have not ended.
    static Scene stopping(long forSeconds) {
        return Scene.leading()
                .process(silent())
                .operation(new Operation.Running(Kind.STOP, ago(forSeconds), "FAST stop"));
    }

    private static Scene writingTheCheckpoint(long forSeconds) {
        return stopping(forSeconds).directory(primaryData(ControlState.SHUTTING_DOWN, 1, 4000));
    }

    @Test
    void aSessionThatDoesNotEndHoldsUpAShutdownForSomeSecondsOnly() {
        Decision inTime = stopping(14).wish(Wish.SHUT_DOWN).decide();
        assertThat(inTime.rule()).isEqualTo(RuleId.SHUTDOWN_STOPS_SERVER);
        assertThat(commands(inTime)).containsExactly(FAST);
        Decision late = stopping(15).wish(Wish.SHUT_DOWN).decide();
        assertThat(late.rule()).isEqualTo(RuleId.SHUTDOWN_STOP_HANGS);
        assertThat(late.because()).isEqualTo("the shutdown checkpoint has not begun in 15 s");
        assertThat(commands(late)).containsExactly(IMMEDIATE);
    }

    @Test
    void theLeaseIsKeptUntilTheServerIsKnownToBeDown() {
        assertThat(stopping(60).wish(Wish.SHUT_DOWN).decide().plan())
                .contains(new Action.RenewLease())
                .noneMatch(Action.ReleaseLease.class::isInstance);
        assertThat(stopping(60).decide().plan())
                .contains(new Action.RenewLease())
                .noneMatch(Action.ReleaseLease.class::isInstance);
    }

    @Test
    void aStopForAnotherReasonIsNotHeldUpEither() {
        assertThat(stopping(14).decide().rule()).isEqualTo(RuleId.OPERATION_RUNNING_AS_LEADER);
        Decision late = stopping(15).decide();
        assertThat(late.rule()).isEqualTo(RuleId.OPERATION_STOP_HANGS);
        assertThat(commands(late)).containsExactly(IMMEDIATE);
    }

    /// It keeps nobody waiting, so it gets the patience of every other operation, and no more.
    @Test
    void aStandbyThatDoesNotStopIsEndedAtOnceInTheEnd() {
        Scene standby =
                Scene.following()
                        .process(silent())
                        .directory(standbyData(1, 4000))
                        .operation(new Operation.Running(Kind.STOP, ago(299), "FAST stop"));
        assertThat(standby.decide().rule()).isEqualTo(RuleId.OPERATION_RUNNING);
        Decision late =
                standby.operation(new Operation.Running(Kind.STOP, ago(300), "FAST stop")).decide();
        assertThat(late.rule()).isEqualTo(RuleId.OPERATION_STOP_HANGS);
        assertThat(late.because()).isEqualTo("the standby has not stopped in 300 s");
        assertThat(commands(late)).containsExactly(IMMEDIATE);
    }

    @Test
    void aStopWithoutTheLeaseIsNotHeldUpEither() {
        Decision late = stopping(15).lease(new LeaderLease.Vacant()).decide();
        assertThat(late.rule()).isEqualTo(RuleId.OPERATION_STOP_HANGS);
        assertThat(commands(late)).containsExactly(IMMEDIATE);
        assertThat(stopping(1).lease(new LeaderLease.HeldByOther(B)).decide().rule())
                .isEqualTo(RuleId.DEPOSED_PRIMARY_STOPS);
    }

    @Test
    void theCheckpointOfAStopTakesAsLongAsItTakes() {
        assertThat(commands(writingTheCheckpoint(3600).wish(Wish.SHUT_DOWN).decide()))
                .containsExactly(FAST);
        assertThat(writingTheCheckpoint(3600).decide().rule())
                .isEqualTo(RuleId.OPERATION_RUNNING_AS_LEADER);
    }

    @Test
    void primaryStopTimeoutBoundsTheWholeStopWhereCommitsAreSynchronous() {
        Scene synchronous =
                writingTheCheckpoint(30)
                        .config(config().primaryStopTimeout(30).synchronous(SynchronousMode.ON));
        assertThat(synchronous.decide().because()).isEqualTo("primary_stop_timeout has passed");
        assertThat(commands(synchronous.wish(Wish.SHUT_DOWN).decide())).containsExactly(IMMEDIATE);
        Scene inTime =
                writingTheCheckpoint(29)
                        .config(config().primaryStopTimeout(30).synchronous(SynchronousMode.ON));
        assertThat(commands(inTime.wish(Wish.SHUT_DOWN).decide())).containsExactly(FAST);
    }

    @Test
    void primaryStopTimeoutDoesNotHoldWhereCommitsAreAsynchronous() {
        Scene asynchronous = writingTheCheckpoint(3600).config(config().primaryStopTimeout(30));
        assertThat(commands(asynchronous.wish(Wish.SHUT_DOWN).decide())).containsExactly(FAST);
    }

    @Test
    void aStandbyMayTakeItsTime() {
        Scene standby =
                stopping(60)
                        .lease(new LeaderLease.HeldByOther(B))
                        .directory(standbyData(1, 4000))
                        .process(answering(standbyStatus(1, 5000)));
        assertThat(standby.decide().rule()).isEqualTo(RuleId.OPERATION_RUNNING);
    }

    @Test
    void aServerThatIsDownGivesTheLeaseAway() {
        assertThat(Scene.leading().process(down()).wish(Wish.SHUT_DOWN).decide().rule())
                .isEqualTo(RuleId.SHUTDOWN_HANDS_OVER);
    }
}
