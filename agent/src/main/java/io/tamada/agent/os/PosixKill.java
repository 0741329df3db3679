package io.tamada.agent.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `kill(2)`. Java's own `Process.destroy()` sends SIGTERM only, which PostgreSQL takes as a
/// smart shutdown that waits for its clients.
public final class PosixKill {

    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGKILL = 9;
    public static final int SIGUSR1 = 10;
    public static final int SIGTERM = 15;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;

    private static final int NO_SUCH_PROCESS = 3;

    private static final MethodHandle KILL =
            PosixCalls.withErrno(
                    "kill",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    /// What became of a signal.
    public enum Sent {
        DELIVERED,
        NO_SUCH_PROCESS,
        NOT_PERMITTED
    }

    private PosixKill() {}

    /// Sends a signal to one process.
    public static Sent signal(long pid, int signal) {
        if (pid <= 1) {
            throw new IllegalArgumentException("not a process to signal: " + pid);
        }
        return send((int) pid, signal);
    }

    /// Sends a signal to every process of a process group.
    public static Sent signalGroup(long group, int signal) {
        if (group <= 1) {
            throw new IllegalArgumentException("not a process group to signal: " + group);
        }
        return send((int) -group, signal);
    }

    private static Sent send(int target, int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = PosixCalls.state(arena);
            int result = (int) KILL.invokeExact(state, target, signal);
            if (result == 0) {
                return Sent.DELIVERED;
            }
            return PosixCalls.errno(state) == NO_SUCH_PROCESS
                    ? Sent.NO_SUCH_PROCESS
                    : Sent.NOT_PERMITTED;
        } catch (Throwable failure) {
            throw PosixCalls.impossible(failure);
        }
    }
}
