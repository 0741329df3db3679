package io.tamada.core.postgres;

import org.jspecify.annotations.Nullable;

/// The local instance at one observation: its files, its process, its answer, what is being done,
/// what its storage said, how it gets on, and what its leader has said of the slots there.
public record LocalPostgres(
        DataDirectory directory,
        ServerProcess process,
        Operation operation,
        Storage storage,
        Headway headway,
        LeaderSlots leaderSlots) {

    public LocalPostgres(
            DataDirectory directory,
            ServerProcess process,
            Operation operation,
            Storage storage,
            Headway headway) {
        this(directory, process, operation, storage, headway, LeaderSlots.NONE);
    }

    public LocalPostgres(
            DataDirectory directory, ServerProcess process, Operation operation, Storage storage) {
        this(directory, process, operation, storage, Headway.UNKNOWN);
    }

    /// Of an instance whose storage was not asked.
    public LocalPostgres(DataDirectory directory, ServerProcess process, Operation operation) {
        this(directory, process, operation, Storage.UNPROBED);
    }

    public @Nullable ServerStatus status() {
        return process instanceof ServerProcess.Answering(ServerStatus status) ? status : null;
    }

    public boolean isPrimary() {
        ServerStatus status = status();
        return status != null && !status.inRecovery();
    }

    public boolean isStandby() {
        ServerStatus status = status();
        return status != null && status.inRecovery();
    }

    public boolean isDown() {
        return process instanceof ServerProcess.Down;
    }

    public @Nullable ControlData control() {
        return directory instanceof DataDirectory.Ready(ControlData control, _, _) ? control : null;
    }

    /// Whether what looks like a silent postmaster is one of those that let nobody write: initdb
    /// and pg_rewind run the server in single-user mode, which leaves a `postmaster.pid`, and a
    /// start as a standby writes `standby.signal` before anything else.
    private boolean isSilentByDesign() {
        return operation instanceof Operation.Running(Operation.Kind kind, _, _)
                && switch (kind) {
                    case INITDB, CLONE, REWIND, START_AS_STANDBY -> true;
                    case PROVISION, START_AS_PRIMARY, STOP, PROMOTE, PRE_PROMOTE -> false;
                };
    }

    /// A promotion that was given up may still come true: its request stays with the server, as
    /// long as that runs.
    private boolean hasUnansweredPromotion() {
        return operation instanceof Operation.Failed(Operation.Kind kind, _, _, _)
                && kind == Operation.Kind.PROMOTE;
    }

    /// Whether the server might accept writes now or in a moment: it has not been seen in
    /// recovery, and a process is there.
    public boolean mayBePrimary() {
        if (operation instanceof Operation.Running(Operation.Kind kind, _, _)
                && (kind == Operation.Kind.PROMOTE || kind == Operation.Kind.START_AS_PRIMARY)) {
            return true;
        }
        return switch (process) {
            case ServerProcess.Down() -> false;
            case ServerProcess.Answering(ServerStatus status) ->
                    !status.inRecovery() || hasUnansweredPromotion();
            case ServerProcess.NotAnswering _ ->
                    !isSilentByDesign()
                            && !(directory
                                            instanceof
                                            DataDirectory.Ready(_, boolean standbySignal, _)
                                    && standbySignal);
        };
    }
}
