package io.tamada.chaos.simulation;

/// Why a server may run past its lease for a moment. Each is stated, measured and bounded; what
/// none of them covers is a violation.
enum Excuse {
    NONE,

    /// Guard and server were frozen together: a server may acknowledge for an instant before the
    /// guard is scheduled again.
    FROZEN_TOGETHER,

    /// Two faults at once: the guard was killed, and the agent that would have started it anew was
    /// stopped or killed as well.
    GUARD_KILLED_TOO,

    /// The cluster was paused: the operator has the server in hand, nothing is fenced.
    PAUSED,

    /// The cluster runs without guard, and the agent is stopped or dead.
    NO_GUARD
}
