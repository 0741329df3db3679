package io.tamada.agent.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// Finds functions of the C library and reads `errno` after them.
final class PosixCalls {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(PathElement.groupElement("errno")).withInvokeExactBehavior();

    private PosixCalls() {}

    /// A handle whose first argument is the segment that receives `errno`, see {@link #state}.
    @SuppressWarnings("restricted")
    static MethodHandle withErrno(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                type,
                Linker.Option.captureCallState("errno"));
    }

    /// As {@link #withErrno}, for a variadic function whose fixed arguments number `fixed`.
    @SuppressWarnings("restricted")
    static MethodHandle variadicWithErrno(String name, FunctionDescriptor type, int fixed) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                type,
                Linker.Option.firstVariadicArg(fixed),
                Linker.Option.captureCallState("errno"));
    }

    static MemorySegment state(Arena arena) {
        return arena.allocate(CAPTURE);
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /// The handles above declare no exceptions of their own: what comes out is a programming
    /// error.
    static IllegalStateException impossible(Throwable failure) {
        return new IllegalStateException("a call into the C library failed", failure);
    }
}
