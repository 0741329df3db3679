package io.tamada.core.cluster;

/// Patroni's `synchronous_mode`.
public enum SynchronousMode {
    OFF,
    ON,
    QUORUM
}
