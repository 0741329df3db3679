package io.tamada.agent.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Questions to the one who types, laid out as patronictl does: scripts answer them.
final class Dialogue {

    private final PrintWriter out;
    private final BufferedReader in;

    Dialogue(PrintWriter out, BufferedReader in) {
        this.out = out;
        this.in = in;
    }

    /// Whether a person looks at what is printed: then, and only then, there may be colours.
    static boolean isTerminal() {
        return terminal() != null;
    }

    @SuppressWarnings("SystemConsoleNull") // some builds of Java have no console
    private static @Nullable Console terminal() {
        Console console = System.console();
        return console != null && console.isTerminal() ? console : null;
    }

    /// Asks for a line.
    ///
    /// @param usual what an empty line stands for; null when an answer is needed.
    String ask(String question, @Nullable String usual) throws StoreOptions.Failure {
        while (true) {
            show(question + (usual == null ? "" : " [" + usual + "]") + ": ");
            String line = line();
            if (!line.isBlank()) {
                return line.strip();
            }
            if (usual != null) {
                return usual;
            }
        }
    }

    /// Asks for a line that is not shown while it is typed.
    String secret(String question) throws StoreOptions.Failure {
        Console console = terminal();
        if (console == null) {
            return ask(question, null);
        }
        char[] typed = console.readPassword("%s: ", question);
        if (typed == null) {
            throw aborted();
        }
        return new String(typed);
    }

    /// Asks yes or no; no is what an empty line stands for.
    boolean confirm(String question) throws StoreOptions.Failure {
        while (true) {
            show(question + " [y/N]: ");
            switch (line().strip().toLowerCase(Locale.ROOT)) {
                case "y", "yes" -> {
                    return true;
                }
                case "n", "no", "" -> {
                    return false;
                }
                default -> show("Error: invalid input\n");
            }
        }
    }

    private void show(String text) {
        out.print(text);
        out.flush();
    }

    private String line() throws StoreOptions.Failure {
        try {
            String line = in.readLine();
            if (line == null) {
                throw aborted();
            }
            return line;
        } catch (IOException broken) {
            throw aborted();
        }
    }

    private static StoreOptions.Failure aborted() {
        return StoreOptions.Failure.bare(1, "Aborted!");
    }
}
