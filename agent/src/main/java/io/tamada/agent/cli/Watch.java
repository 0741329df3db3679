package io.tamada.agent.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of a command that shows something again and again.
final class Watch {

    private static final double USUAL_PAUSE = 2;
    private static final String CLEAR = "\u001b[2J\u001b[1;1H";

    @Option(
            names = {"-W"},
            description = "Print anew every 2 seconds.")
    private boolean usual;

    @Option(
            names = {"-w", "--watch"},
            paramLabel = "SECONDS",
            description = "Print anew in these intervals.")
    private @Nullable Double seconds;

    private double pause() {
        return seconds != null && seconds > 0 ? seconds : usual ? USUAL_PAUSE : 0;
    }

    /// What empties the screen before each time; nothing where there is no screen.
    String clear() {
        return pause() > 0 && Dialogue.isTerminal() ? CLEAR : "";
    }

    /// Waits for the next time.
    ///
    /// @return whether there is one.
    boolean again() {
        return pause() > 0 && slept(pause());
    }

    static boolean slept(double seconds) {
        try {
            Thread.sleep((long) (seconds * 1000));
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
