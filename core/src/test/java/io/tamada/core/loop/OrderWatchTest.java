package io.tamada.core.loop;

import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.failed;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.decision.Decision;
import io.tamada.core.decision.Errand;
import io.tamada.core.decision.Errand.Stage;
import io.tamada.core.decision.RuleId;
import io.tamada.core.order.Order;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.order.OrderBoard.Outcome;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerStatus;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderWatchTest {

    private static final DataDirectory DATA = primaryData(ControlState.IN_PRODUCTION, 1, 100);

    private final OrderBoard board = new OrderBoard();
    private final OrderWatch watch = new OrderWatch(board);

    private static LocalPostgres running(ServerStatus status, Operation operation) {
        return new LocalPostgres(DATA, answering(status), operation);
    }

    private static LocalPostgres stopped(Operation operation) {
        return new LocalPostgres(DATA, down(), operation);
    }

    private static ServerStatus restarted(ServerStatus s) {
        return new ServerStatus(
                s.askedAt(),
                s.inRecovery(),
                s.timeline(),
                s.written(),
                s.received(),
                s.replayed(),
                s.replayPaused(),
                s.replayTimestamp(),
                s.streaming(),
                s.history(),
                s.checkpointAfterPromote(),
                s.upstream(),
                s.slots(),
                s.replication(),
                s.pendingRestart(),
                s.serverVersion(),
                s.postmasterStart() + ", later",
                s.synchronous());
    }

    private static Decision by(RuleId rule) {
        return new Decision(rule, "", List.of(), Duration.ZERO);
    }

    private Stage stage(LocalPostgres postgres) {
        Errand errand = watch.observed(postgres, NOW);
        return Objects.requireNonNull(errand).stage();
    }

    private @Nullable Outcome outcome() {
        return Objects.requireNonNull(board.latest()).outcome();
    }

    @Test
    void aRestartIsDoneWhenAnotherRunOfTheServerAnswers() {
        ServerStatus first = primaryStatus(1, 100);
        LocalPostgres before = running(first, new Operation.None());
        board.place(new Order.Restart(null), NOW);
        assertThat(stage(before)).isEqualTo(Stage.ASKED);
        watch.decided(by(RuleId.RESTART_PREPARES), before, NOW);
        assertThat(stage(before)).isEqualTo(Stage.PREPARING);
        watch.decided(by(RuleId.RESTART_STOPS), before, NOW);
        assertThat(stage(before)).isEqualTo(Stage.STOPPING);
        assertThat(stage(stopped(succeeded(Operation.Kind.STOP)))).isEqualTo(Stage.STOPPED);
        assertThat(stage(running(first, succeeded(Operation.Kind.START_AS_PRIMARY))))
                .as("the server that was to end")
                .isEqualTo(Stage.STOPPED);

        ServerStatus second = restarted(first);
        assertThat(watch.observed(running(second, succeeded(Operation.Kind.START_AS_PRIMARY)), NOW))
                .isNull();
        assertThat(outcome()).isEqualTo(new Outcome.Done());
    }

    @Test
    void aServerThatWasDownIsStartedAndOneThatCannotStartIsSaidToHaveFailed() {
        board.place(new Order.Restart(null), NOW);
        assertThat(stage(stopped(new Operation.None()))).isEqualTo(Stage.STOPPED);
        Operation broken = new Operation.Failed(Operation.Kind.START_AS_PRIMARY, NOW, "no room", 1);
        assertThat(watch.observed(stopped(broken), NOW)).isNull();
        assertThat(outcome()).isEqualTo(new Outcome.Failed("no room"));
    }

    @Test
    void whatFailedBeforeTheOrderCameDoesNotCount() {
        board.place(new Order.Restart(null), NOW);
        assertThat(stage(stopped(failed(Operation.Kind.START_AS_PRIMARY, 3))))
                .isEqualTo(Stage.STOPPED);
        assertThat(stage(stopped(failed(Operation.Kind.START_AS_PRIMARY, 3))))
                .isEqualTo(Stage.STOPPED);
    }

    @Test
    void aPrimaryIsNotReplacedByACopy() {
        board.place(new Order.Reinitialize(false), NOW);
        assertThat(watch.observed(running(primaryStatus(1, 100), new Operation.None()), NOW))
                .isNull();
        assertThat(outcome())
                .isEqualTo(new Outcome.Failed("I am the leader, can not reinitialize"));
    }

    @Test
    void aCopyThatIsMadeEndsTheOrder() {
        LocalPostgres standby =
                new LocalPostgres(
                        standbyData(1, 100),
                        answering(standbyStatus(1, 100)),
                        new Operation.None());
        board.place(new Order.Reinitialize(false), NOW);
        assertThat(stage(standby)).isEqualTo(Stage.ASKED);
        watch.decided(by(RuleId.REINITIALIZE_STOPS), standby, NOW);
        LocalPostgres down =
                new LocalPostgres(standbyData(1, 100), down(), succeeded(Operation.Kind.STOP));
        assertThat(stage(down)).isEqualTo(Stage.STOPPED);
        watch.decided(by(RuleId.REINITIALIZES), down, NOW);
        LocalPostgres copied =
                new LocalPostgres(
                        standbyData(1, 200),
                        down(),
                        new Operation.Succeeded(Operation.Kind.CLONE, NOW));
        assertThat(watch.observed(copied, NOW)).isNull();
        assertThat(outcome()).isEqualTo(new Outcome.Done());
    }

    @Test
    void anotherOrderWaitsItsTurn() {
        assertThat(board.place(new Order.Restart(null), NOW)).isNotNull();
        assertThat(board.place(new Order.Reinitialize(false), NOW)).isNull();
        board.end(new Outcome.Done());
        assertThat(board.place(new Order.Reinitialize(false), NOW)).isNotNull();
    }
}
