package io.tamada.core.postgres;

/// Who may connect to a primary.
public enum ClientGate {
    /// Whom `pg_hba.conf` lets in.
    OPEN,
    /// The roles of the agents only: clients would see commits that another leader may not have.
    SHUT
}
