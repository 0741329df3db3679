package io.tamada.agent.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// The calls of glibc that change who this process is. glibc carries setgid, setuid and the group
/// list over to every thread of the process (manual page nptl(7)), the virtual machine's
/// included, which a bare system call would not.
@SuppressWarnings("restricted")
final class PrivilegesCalls {

    /// `struct passwd` of glibc on 64-bit machines: two pointers, two ids, three pointers.
    private static final long PASSWD_BYTES = 48;

    private static final long PASSWD_NAME = 0;
    private static final long PASSWD_UID = 16;
    private static final long PASSWD_GID = 20;
    private static final long PASSWD_HOME = 32;

    /// Room for the strings of one entry; glibc recommends a kilobyte.
    private static final long STRINGS_BYTES = 16 * 1024;

    private static final int PR_SET_DUMPABLE = 4;
    private static final int EPERM = 1;

    private PrivilegesCalls() {}

    static @Nullable UnixUser userByName(String name) {
        MethodHandle getpwnam =
                PosixCalls.withErrno(
                        "getpwnam_r",
                        FunctionDescriptor.of(
                                JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(name);
            Buffers buffers = new Buffers(arena);
            MemorySegment state = PosixCalls.state(arena);
            int _ =
                    (int)
                            getpwnam.invokeExact(
                                    state,
                                    key,
                                    buffers.entry,
                                    buffers.strings,
                                    STRINGS_BYTES,
                                    buffers.found);
            return buffers.user();
        } catch (Throwable e) {
            throw new IllegalStateException("getpwnam_r", e);
        }
    }

    static @Nullable UnixUser userById(int uid) {
        MethodHandle getpwuid =
                PosixCalls.withErrno(
                        "getpwuid_r",
                        FunctionDescriptor.of(
                                JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            Buffers buffers = new Buffers(arena);
            MemorySegment state = PosixCalls.state(arena);
            int _ =
                    (int)
                            getpwuid.invokeExact(
                                    state,
                                    uid,
                                    buffers.entry,
                                    buffers.strings,
                                    STRINGS_BYTES,
                                    buffers.found);
            return buffers.user();
        } catch (Throwable e) {
            throw new IllegalStateException("getpwuid_r", e);
        }
    }

    private static final class Buffers {
        private final MemorySegment entry;
        private final MemorySegment strings;
        private final MemorySegment found;

        Buffers(Arena arena) {
            entry = arena.allocate(PASSWD_BYTES, Long.BYTES);
            strings = arena.allocate(STRINGS_BYTES);
            found = arena.allocate(ADDRESS);
        }

        private @Nullable UnixUser user() {
            if (found.get(ADDRESS, 0).address() == 0) {
                return null;
            }
            return new UnixUser(
                    text(PASSWD_NAME),
                    entry.get(JAVA_INT, PASSWD_UID),
                    entry.get(JAVA_INT, PASSWD_GID),
                    text(PASSWD_HOME));
        }

        private String text(long offset) {
            return entry.get(ADDRESS, offset).reinterpret(STRINGS_BYTES).getString(0);
        }
    }

    /// Changes groups, group and user of the whole process, in the only order that works. After
    /// it the kernel hides the process's files in /proc from its new owner, which is undone here:
    /// the agent reads its own, and an operator may want a thread dump.
    ///
    /// @return null, or the call that failed and why.
    static @Nullable String become(UnixUser user) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = PosixCalls.state(arena);
            MethodHandle initgroups =
                    PosixCalls.withErrno(
                            "initgroups", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
            MethodHandle setgid =
                    PosixCalls.withErrno("setgid", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            MethodHandle setuid =
                    PosixCalls.withErrno("setuid", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            MemorySegment name = arena.allocateFrom(user.name());
            if ((int) initgroups.invokeExact(state, name, user.gid()) != 0) {
                return failed("initgroups", state);
            }
            if ((int) setgid.invokeExact(state, user.gid()) != 0) {
                return failed("setgid", state);
            }
            if ((int) setuid.invokeExact(state, user.uid()) != 0) {
                return failed("setuid", state);
            }
            makeDumpable(state);
            return null;
        } catch (Throwable e) {
            throw new IllegalStateException("changing the user", e);
        }
    }

    private static void makeDumpable(MemorySegment state) throws Throwable {
        MethodHandle prctl =
                PosixCalls.variadicWithErrno(
                        "prctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG), 1);
        if ((int) prctl.invokeExact(state, PR_SET_DUMPABLE, 1L) != 0) {
            throw new IllegalStateException("prctl(PR_SET_DUMPABLE)");
        }
    }

    /// Whether root's rights can be had again, which must fail.
    static boolean regainsRoot() {
        MethodHandle setuid =
                PosixCalls.withErrno("setuid", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            return (int) setuid.invokeExact(PosixCalls.state(arena), 0) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("setuid", e);
        }
    }

    private static String failed(String call, MemorySegment state) {
        int errno = PosixCalls.errno(state);
        return call
                + " failed ("
                + (errno == EPERM ? "operation not permitted" : "error " + errno)
                + ")";
    }
}
