package io.tamada.core.postgres;

import org.jspecify.annotations.Nullable;

/// The local instance at one observation: its files, its process, its answer, and what is being
/// done.
public record LocalPostgres(DataDirectory directory, ServerProcess process, Operation operation) {

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
}
