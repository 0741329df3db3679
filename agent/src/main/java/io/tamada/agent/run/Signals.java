package io.tamada.agent.run;

/// The signals an agent listens to. Handled by us and not by shutdown hooks, which run all at
/// once and would close the REST API and the store while PostgreSQL is still stopping.
///
/// `sun.misc.Signal` is in the supported module jdk.unsupported; Java has no other way.
@SuppressWarnings("sunapi")
public final class Signals {

    private Signals() {}

    /// @param shutDown on SIGTERM and SIGINT.
    /// @param reload on SIGHUP.
    public static void on(Runnable shutDown, Runnable reload) {
        handle("TERM", shutDown);
        handle("INT", shutDown);
        handle("HUP", reload);
    }

    private static void handle(String name, Runnable action) {
        sun.misc.Signal.handle(new sun.misc.Signal(name), _ -> action.run());
    }
}
