package io.tamada.agent.fencing;

/// The instance as the deadman needs it. Calls come from its own thread at any time; they share
/// no lock with the loop or with operations, write no file and log nothing.
public interface Instance {

    /// Whether the server might accept writes now or in a moment.
    boolean mayBePrimary();

    /// SIGQUIT to the postmaster: an immediate shutdown, which a stopped postmaster does not act
    /// on.
    void quit();

    /// SIGKILL to every process of the instance.
    void kill();
}
