package io.tamada.agent.log;

import java.util.logging.Level;
import java.util.logging.Logger;

/// Says why the agent ends, at the level that Patroni has for it and SLF4J has not.
public final class Critical {

    /// Above an error, as in Python.
    static final Level LEVEL = new CriticalLevel();

    private Critical() {}

    public static void say(Class<?> from, String text) {
        Logger.getLogger(from.getName()).log(LEVEL, text);
    }

    private static final class CriticalLevel extends Level {

        private static final long serialVersionUID = 1L;

        CriticalLevel() {
            super("CRITICAL", SEVERE.intValue() + 100);
        }
    }
}
