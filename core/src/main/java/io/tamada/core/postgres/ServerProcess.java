package io.tamada.core.postgres;

import io.tamada.core.time.Monotonic;

/// The postmaster of this instance.
public sealed interface ServerProcess {

    /// No postmaster, and no orphan of one, is left.
    record Down() implements ServerProcess {}

    /// There is a postmaster, but it does not accept connections: it is starting, recovering,
    /// stopping, or hung. `since` is when it was last known otherwise.
    record NotAnswering(Monotonic since, boolean stopping) implements ServerProcess {}

    /// The server answered the last status query.
    record Answering(ServerStatus status) implements ServerProcess {}
}
