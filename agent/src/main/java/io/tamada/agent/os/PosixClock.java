package io.tamada.agent.os;

import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// CLOCK_BOOTTIME: monotonic, and goes on while the machine is suspended, which
/// `System.nanoTime()` need not do. Instants may be compared with those of other processes of
/// this boot.
public final class PosixClock implements TimeSource {

    private static final int CLOCK_BOOTTIME = 7;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final MethodHandle CLOCK_GETTIME =
            PosixCalls.withErrno(
                    "clock_gettime",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    @Override
    public Monotonic now() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = PosixCalls.state(arena);
            MemorySegment timespec = arena.allocate(16, 8);
            int result = (int) CLOCK_GETTIME.invokeExact(state, CLOCK_BOOTTIME, timespec);
            if (result != 0) {
                throw new IllegalStateException(
                        "CLOCK_BOOTTIME is not there, errno " + PosixCalls.errno(state));
            }
            long seconds = timespec.get(ValueLayout.JAVA_LONG, 0);
            long nanos = timespec.get(ValueLayout.JAVA_LONG, 8);
            return new Monotonic(seconds * NANOS_PER_SECOND + nanos);
        } catch (IllegalStateException noClock) {
            throw noClock;
        } catch (Throwable failure) {
            throw PosixCalls.impossible(failure);
        }
    }
}
