package io.tamada.rest.health;

/// The health checks of the API. Each has one meaning, however many paths lead to it.
public enum HealthCheck {
    PRIMARY,
    LEADER,
    STANDBY_LEADER,
    REPLICA,
    READ_ONLY,
    SYNC,
    READ_ONLY_SYNC,
    QUORUM,
    READ_ONLY_QUORUM,
    ASYNC,
    HEALTH,
    LIVENESS,
    READINESS
}
