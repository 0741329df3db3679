package io.tamada.core.loop;

import io.tamada.core.decision.Decision;
import io.tamada.core.decision.Errand;
import io.tamada.core.decision.Errand.Stage;
import io.tamada.core.order.Order;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.order.OrderBoard.Outcome;
import io.tamada.core.order.OrderBoard.Ticket;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import org.jspecify.annotations.Nullable;

/// What the loop keeps from turn to turn about an order, and what it writes back on the board.
final class OrderWatch {

    private final OrderBoard board;
    private @Nullable Ticket ticket;
    private @Nullable Errand errand;

    OrderWatch(OrderBoard board) {
        this.board = board;
    }

    /// What is being carried out; null when nothing is.
    @Nullable Errand observed(LocalPostgres postgres, Monotonic now) {
        Ticket latest = board.latest();
        if (latest == null || !latest.isOpen()) {
            errand = null;
            ticket = latest;
            return null;
        }
        Errand current = errand;
        if (current == null || !latest.equals(ticket)) {
            ticket = latest;
            current = begun(latest.order(), postgres, now);
        }
        Outcome outcome = outcome(current, postgres);
        if (outcome != null) {
            board.end(outcome);
            errand = null;
            return null;
        }
        boolean stopped =
                current.stage() != Stage.STOPPED
                        && current.stage() != Stage.COPYING
                        && postgres.isDown()
                        && !(postgres.operation() instanceof Operation.Running);
        errand = stopped ? current.at(Stage.STOPPED, now) : current;
        return errand;
    }

    private static Errand begun(Order order, LocalPostgres postgres, Monotonic now) {
        ServerStatus status = postgres.status();
        ControlData control = postgres.control();
        boolean primary =
                status == null ? control != null && control.wasPrimary() : !status.inRecovery();
        return new Errand(
                order,
                Stage.ASKED,
                status == null ? "" : status.postmasterStart(),
                primary,
                status == null ? null : status.upstream(),
                Lsn.ZERO,
                now);
    }

    /// Null while the order is still being carried out.
    private static @Nullable Outcome outcome(Errand errand, LocalPostgres postgres) {
        ServerStatus status = postgres.status();
        Operation.Failed failed =
                postgres.operation() instanceof Operation.Failed f
                                && !f.at().isBefore(errand.since())
                        ? f
                        : null;
        return switch (errand.order()) {
            case Order.Restart _ -> {
                if (errand.stage() == Stage.STOPPED
                        && status != null
                        && !status.postmasterStart().equals(errand.life())) {
                    yield new Outcome.Done();
                }
                yield failed == null || errand.stage() == Stage.ASKED
                        ? null
                        : switch (failed.kind()) {
                            case START_AS_PRIMARY, START_AS_STANDBY, STOP, REWIND, CLONE ->
                                    new Outcome.Failed(failed.reason());
                            case INITDB, PROVISION, PROMOTE, PRE_PROMOTE -> null;
                        };
            }
            case Order.Reinitialize _ -> {
                if (postgres.isPrimary()) {
                    yield new Outcome.Failed("I am the leader, can not reinitialize");
                }
                if (!(postgres.directory() instanceof DataDirectory.Ready)
                        && !(postgres.operation() instanceof Operation.Running)) {
                    // The usual rules make the copy.
                    yield failed == null ? new Outcome.Done() : new Outcome.Failed(failed.reason());
                }
                yield errand.stage() == Stage.COPYING
                                && postgres.operation()
                                        instanceof
                                        Operation.Succeeded(Operation.Kind kind, Monotonic at)
                                && kind == Operation.Kind.CLONE
                                && !at.isBefore(errand.since())
                        ? new Outcome.Done()
                        : null;
            }
        };
    }

    void decided(Decision decision, LocalPostgres postgres, Monotonic now) {
        Errand current = errand;
        if (current == null) {
            return;
        }
        ServerStatus status = postgres.status();
        errand =
                switch (decision.rule()) {
                    case RESTART_PREPARES ->
                            current.stage() == Stage.ASKED
                                    ? current.at(
                                            Stage.PREPARING,
                                            status == null ? Lsn.ZERO : status.position(),
                                            now)
                                    : current;
                    case RESTART_STOPS, REINITIALIZE_STOPS ->
                            current.stage() == Stage.STOPPING
                                    ? current
                                    : current.at(Stage.STOPPING, now);
                    case REINITIALIZES -> current.at(Stage.COPYING, now);
                    default -> current;
                };
    }
}
