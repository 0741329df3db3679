package io.tamada.core.decision;

/// What the operator wants of this agent.
public enum Wish {
    RUN,
    /// SIGTERM: stop PostgreSQL in order, hand over, end.
    SHUT_DOWN
}
