package io.tamada.chaos.simulation;

/// What is demanded beyond that which the loop promises today.
enum Strictness {
    USUAL,
    /// A timeline that is begun twice is a violation, and not the early end of a run.
    TIMELINES_ARE_UNIQUE
}
