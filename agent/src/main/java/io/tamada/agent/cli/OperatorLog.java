package io.tamada.agent.cli;

import java.io.PrintWriter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// The log of a command for operators: our own warnings as sentences. What libraries say of a
/// failure is left out, the command says it once and in its own words.
final class OperatorLog extends Handler {

    private static final String OURS = "io.tamada.agent.";

    private final PrintWriter err;

    private OperatorLog(PrintWriter err) {
        this.err = err;
    }

    static void to(PrintWriter err) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new OperatorLog(err));
    }

    @Override
    public void publish(LogRecord entry) {
        String name = entry.getLoggerName();
        if (name != null
                && name.startsWith(OURS)
                && entry.getLevel().intValue() >= Level.WARNING.intValue()) {
            err.println("warning: " + new SimpleFormatter().formatMessage(entry));
            err.flush();
        }
    }

    @Override
    public void flush() {
        err.flush();
    }

    @Override
    public void close() {
        flush();
    }
}
