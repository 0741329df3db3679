package io.tamada.chaos.simulation;

/// A mistake planted on purpose, to see that the checkers find it. None in earnest.
enum Mutation {
    NONE,
    /// The deadline counts from when the answer came, and a little more.
    DEADLINE_FROM_THE_ANSWER,
    /// Any keepalive answer counts as proof.
    KEEPALIVE_BELIEVED,
    /// Nobody enforces the deadline when the loop is late.
    NO_DEADMAN,
    /// The lease is given away while the server still runs.
    RELEASED_TOO_EARLY,
    /// A member promotes itself without asking.
    PROMOTED_WITHOUT_LEASE
}
