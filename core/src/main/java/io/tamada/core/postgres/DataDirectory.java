package io.tamada.core.postgres;

/// What lies where the data directory should be.
public sealed interface DataDirectory {

    /// Nothing is there, or an empty directory.
    record Empty() implements DataDirectory {}

    /// Something is there that we must not touch: files that are no PostgreSQL instance, a
    /// foreign owner, an unreadable control file.
    record Unusable(String reason) implements DataDirectory {}

    /// A clone or a rewind was interrupted here. Never started, never electable; only a new clone
    /// or rewind may continue. The mark is kept outside the directory.
    record Interrupted(String operation) implements DataDirectory {}

    /// An instance.
    ///
    /// @param standbySignal whether `standby.signal` is there.
    /// @param knownHere whether this agent, under this name, has run this very instance before:
    ///     only then may a directory that says it is a standby be promoted when the store knows
    ///     nothing.
    record Ready(ControlData control, boolean standbySignal, boolean knownHere)
            implements DataDirectory {}
}
