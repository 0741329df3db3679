package io.tamada.agent.run;

import io.tamada.agent.log.AgentLog;
import io.tamada.agent.log.Critical;
import java.io.PrintWriter;
import java.io.StringWriter;

/// Ends the agent at once when one of its threads dies of something that nobody has caught: no
/// memory, no further thread, a bug.
///
/// Intuition: fencing, renewing and watching rest on threads of their own. An agent that lacks one
/// of them looks alive, renews a lease and guards nothing. One that is gone is what the guard, the
/// lease and the supervisor are made for: PostgreSQL is adopted by the next agent, or ended at the
/// deadline. So nothing is closed in order, and no hook of the JVM runs.
public final class SuddenEnd {

    /// As `-XX:+ExitOnOutOfMemoryError` has it.
    public static final int EXIT_CODE = 3;

    private SuddenEnd() {}

    /// From now on no thread of this process dies alone.
    public static void install() {
        Thread.setDefaultUncaughtExceptionHandler((_, failure) -> now(failure));
    }

    /// Says why, as far as that can still be done within a second, and ends the process.
    ///
    /// @return never; to be thrown, so that the compiler knows.
    public static Error now(Throwable failure) {
        try {
            tell("thread " + Thread.currentThread().getName() + " has died: " + trace(failure));
        } finally {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
        return new Error(failure);
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString().stripTrailing();
    }

    private static void tell(String text) {
        AgentLog log = AgentLog.installed();
        String sentence = "the agent ends at once; PostgreSQL runs on until its deadline: " + text;
        if (log != null) {
            Critical.say(SuddenEnd.class, sentence);
            log.close();
        }
        if (log == null || log.queueSize() > 0) {
            System.err.println(sentence);
        }
    }
}
