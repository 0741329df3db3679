package io.tamada.core.postgres;

import io.tamada.core.time.Monotonic;

/// The long operation on the local instance: there is at most one.
public sealed interface Operation {

    enum Kind {
        INITDB,
        PROVISION,
        START_AS_PRIMARY,
        START_AS_STANDBY,
        STOP,
        PROMOTE,
        CLONE,
        REWIND,
        /// The user's script, which has forbidden a promotion: only ever fails.
        PRE_PROMOTE
    }

    /// Nothing has been asked for yet.
    record None() implements Operation {}

    record Running(Kind kind, Monotonic since, String progress) implements Operation {}

    /// The last one has ended well.
    record Succeeded(Kind kind, Monotonic at) implements Operation {}

    /// The last one has failed. `attempt` counts failures of this kind in a row, from 1.
    record Failed(Kind kind, Monotonic at, String reason, int attempt) implements Operation {}
}
