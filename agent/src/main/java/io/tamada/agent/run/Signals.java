package io.tamada.agent.run;

import java.lang.reflect.Proxy;

/// The signals an agent listens to. Handled by us and not by shutdown hooks, which run all at
/// once and would close the REST API and the store while PostgreSQL is still stopping.
///
/// `sun.misc.Signal` (module jdk.unsupported) is the only way that Java has. It is reached by
/// name, because the compiler's warning about it cannot be silenced where warnings fail the
/// build.
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
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler =
                    Proxy.newProxyInstance(
                            handlerType.getClassLoader(),
                            new Class<?>[] {handlerType},
                            (_, _, _) -> {
                                action.run();
                                return null;
                            });
            signal.getMethod("handle", signal, handlerType)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java runtime has no jdk.unsupported module", e);
        }
    }
}
