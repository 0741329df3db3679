package io.tamada.agent.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A watchdog device by open, ioctl, write and close. Numbers of `linux/watchdog.h`, as on x86-64
/// and arm64.
public final class PosixWatchdog implements WatchdogDevice {

    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 0x80000;
    private static final long GET_SUPPORT = 0x80285700L;
    private static final long KEEP_ALIVE = 0x80045705L;
    private static final long SET_TIMEOUT = 0xC0045706L;
    private static final int MAGIC_CLOSE = 0x0100;
    private static final long INFO_BYTES = 40;
    private static final int CLOSED = -1;

    private static final MethodHandle OPEN =
            PosixCalls.variadicWithErrno(
                    "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
    private static final MethodHandle IOCTL =
            PosixCalls.variadicWithErrno(
                    "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);
    private static final MethodHandle WRITE =
            PosixCalls.withErrno(
                    "write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle CLOSE =
            PosixCalls.withErrno("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final Path path;
    private int descriptor = CLOSED;

    public PosixWatchdog(Path path) {
        this.path = path;
    }

    @Override
    public @Nullable String whyUnusable() {
        if (!Files.exists(path)) {
            return path + " does not exist";
        }
        return Files.isWritable(path) ? null : path + " may not be written by this user";
    }

    @Override
    public @Nullable String open() {
        String unusable = whyUnusable();
        if (unusable != null) {
            return unusable;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = PosixCalls.state(arena);
            int opened =
                    (int)
                            OPEN.invokeExact(
                                    state,
                                    arena.allocateFrom(path.toString()),
                                    O_WRONLY | O_CLOEXEC);
            if (opened < 0) {
                return path + " cannot be opened, errno " + PosixCalls.errno(state);
            }
            descriptor = opened;
            return null;
        } catch (Throwable failure) {
            throw PosixCalls.impossible(failure);
        }
    }

    @Override
    public boolean isStoppable() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, 4);
            return control(arena, GET_SUPPORT, info) && (info.get(JAVA_INT, 0) & MAGIC_CLOSE) != 0;
        }
    }

    @Override
    public int setTimeoutSeconds(int seconds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            value.set(JAVA_INT, 0, seconds);
            return control(arena, SET_TIMEOUT, value) ? value.get(JAVA_INT, 0) : -1;
        }
    }

    @Override
    public boolean keepAlive() {
        try (Arena arena = Arena.ofConfined()) {
            return control(arena, KEEP_ALIVE, arena.allocate(JAVA_INT));
        }
    }

    private boolean control(Arena arena, long request, MemorySegment argument) {
        try {
            MemorySegment state = PosixCalls.state(arena);
            return (int) IOCTL.invokeExact(state, descriptor, request, argument) == 0;
        } catch (Throwable failure) {
            throw PosixCalls.impossible(failure);
        }
    }

    @Override
    public boolean stop() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = PosixCalls.state(arena);
            MemorySegment letter = arena.allocateFrom("V");
            if ((long) WRITE.invokeExact(state, descriptor, letter, 1L) != 1) {
                return false;
            }
            int _ = (int) CLOSE.invokeExact(state, descriptor);
            descriptor = CLOSED;
            return true;
        } catch (Throwable failure) {
            throw PosixCalls.impossible(failure);
        }
    }
}
