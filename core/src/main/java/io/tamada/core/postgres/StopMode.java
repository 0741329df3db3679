package io.tamada.core.postgres;

/// How a server is stopped (PostgreSQL manual, "Shutting Down the Server").
public enum StopMode {
    /// SIGINT: ends sessions, writes a shutdown checkpoint, sends all WAL to connected standbys.
    FAST,
    /// SIGQUIT, then SIGKILL to whatever is left: nothing is written any more; the next start
    /// recovers.
    IMMEDIATE
}
