package io.tamada.agent.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A process descriptor (`pidfd_open(2)`, Linux 5.3): readable in the instant when the process
/// exits, also for a process that is not our child. `ProcessHandle.onExit` polls there, and was
/// seen to be two seconds late.
public final class PosixPidfd implements AutoCloseable {

    /// The same number on every architecture, as all system calls of that age.
    private static final long SYS_PIDFD_OPEN = 434;

    private static final short POLLIN = 1;

    private static final MethodHandle SYSCALL =
            PosixCalls.variadicWithErrno(
                    "syscall",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT),
                    1);
    private static final MethodHandle POLL =
            PosixCalls.withErrno(
                    "poll",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            PosixCalls.withErrno(
                    "close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final int descriptor;

    private PosixPidfd(int descriptor) {
        this.descriptor = descriptor;
    }

    /// The descriptor of a process, or null when there is no such process or the kernel does not
    /// know this call.
    public static @Nullable PosixPidfd open(long pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = PosixCalls.state(arena);
            long result = (long) SYSCALL.invokeExact(state, SYS_PIDFD_OPEN, (int) pid, 0);
            return result < 0 ? null : new PosixPidfd((int) result);
        } catch (Throwable failure) {
            throw PosixCalls.impossible(failure);
        }
    }

    /// Waits for the process to exit, and says whether it has.
    public boolean awaitExit(Duration timeout) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pollfd = arena.allocate(8, 4);
            pollfd.set(ValueLayout.JAVA_INT, 0, descriptor);
            pollfd.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
            MemorySegment state = PosixCalls.state(arena);
            int ready = (int) POLL.invokeExact(state, pollfd, 1L, (int) timeout.toMillis());
            return ready > 0;
        } catch (Throwable failure) {
            throw PosixCalls.impossible(failure);
        }
    }

    @Override
    public void close() {
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) CLOSE.invokeExact(PosixCalls.state(arena), descriptor);
        } catch (Throwable failure) {
            throw PosixCalls.impossible(failure);
        }
    }
}
