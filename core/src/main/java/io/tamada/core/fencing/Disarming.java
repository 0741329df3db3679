package io.tamada.core.fencing;

import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.time.Monotonic;

/// When the outer rungs of the ladder may be told to stand down.
///
/// "It does not look like a primary" is not enough (a watchdog that was disarmed while backends
/// were still committing has cost a primary its fencing elsewhere, Patroni issue 3639): either no
/// process of the instance is left, or the server has said that it is in recovery, asked after
/// everything that might have ended that.
public final class Disarming {

    private Disarming() {}

    public static boolean isSafe(LocalPostgres postgres) {
        return switch (postgres.process()) {
            case ServerProcess.Down() ->
                    !(postgres.operation() instanceof Operation.Running(Kind kind, _, _)
                            && makesPrimary(kind));
            case ServerProcess.NotAnswering _ -> false;
            case ServerProcess.Answering(ServerStatus status) ->
                    status.inRecovery() && !mayBePromoted(postgres.operation(), status);
        };
    }

    /// A promotion that has failed may still come true: its request stays with the server.
    private static boolean mayBePromoted(Operation operation, ServerStatus status) {
        return switch (operation) {
            case Operation.None() -> false;
            case Operation.Running(Kind kind, _, _) -> makesPrimary(kind);
            case Operation.Failed(Kind kind, _, _, _) -> makesPrimary(kind);
            case Operation.Succeeded(Kind kind, Monotonic at) ->
                    makesPrimary(kind) && status.askedAt().isBefore(at);
        };
    }

    private static boolean makesPrimary(Kind kind) {
        return switch (kind) {
            case PROMOTE, START_AS_PRIMARY -> true;
            case INITDB, PROVISION, START_AS_STANDBY, STOP, CLONE, REWIND, PRE_PROMOTE -> false;
        };
    }
}
