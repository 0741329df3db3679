package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Every process of one PostgreSQL instance: executable `postgres`, working directory the data
/// directory. Each of them is a process group of its own, and a backend that is busy outlives its
/// postmaster and may acknowledge writes; an instance is fenced only when none is left.
///
/// For use by any thread at any time, also by those that fence: no lock, no file but /proc.
public final class InstanceProcesses {

    private static final Path PROC = Path.of("/proc");
    private static final String DELETED = " (deleted)";

    /// Between two rounds of SIGKILL.
    private static final long KILL_ROUND_NANOS = 2_000_000L;

    /// A process in uninterruptible sleep survives SIGKILL until its disk answers.
    private static final int KILL_ROUNDS_LIMIT = 5_000;

    private final Path configured;
    private volatile String directory;
    private volatile long postmasterPid;

    public InstanceProcesses(Path dataDirectory) {
        this.configured = dataDirectory;
        this.directory = resolved(dataDirectory);
    }

    /// The kernel knows a working directory by its real path. One that is yet to be made gets the
    /// name that it will have then, links on the way to it resolved.
    private static String resolved(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        try {
            return path.toRealPath().toString();
        } catch (IOException absent) {
            try {
                return parent == null
                        ? path.toString()
                        : parent.toRealPath().resolve(path.getFileName()).toString();
            } catch (IOException absentAsWell) {
                return path.toString();
            }
        }
    }

    /// The data directory as its processes have it as their working directory; from memory.
    public String directory() {
        return directory;
    }

    /// To be called when the directory has been created or replaced: links may lead elsewhere
    /// now.
    void resolveAgain() {
        directory = resolved(configured);
    }

    /// The postmaster to signal; zero when there is none.
    void postmaster(long pid) {
        postmasterPid = pid;
    }

    /// Why the processes of the instance cannot be told from others; null when they can, or none
    /// is known. The kernel hides what a program of another's rights does from its own user (manual
    /// page ptrace(2), "access mode checking"): one with file capabilities, or one that the user
    /// may execute and not read.
    public @Nullable String whyUnseen() {
        long pid = postmasterPid;
        if (pid <= 1) {
            return null;
        }
        Path executable = PROC.resolve(Long.toString(pid)).resolve("exe");
        try {
            Path _ = Files.readSymbolicLink(executable);
            return null;
        } catch (AccessDeniedException hidden) {
            return "the server's processes cannot be recognised, "
                    + executable
                    + " is not shown: take the file capabilities off the program postgres (setcap"
                    + " -r) and let its user read it";
        } catch (IOException gone) {
            return null;
        }
    }

    /// Sends a signal to the postmaster, if there is one.
    public PosixKill.Sent signalPostmaster(int signal) {
        long pid = postmasterPid;
        return pid > 1 && belongs(pid)
                ? PosixKill.signal(pid, signal)
                : PosixKill.Sent.NO_SUCH_PROCESS;
    }

    /// SIGKILL to every process of the instance, repeated until none is left.
    ///
    /// @return whether none is left.
    public boolean killAll() {
        List<Long> dying = List.of();
        for (int round = 0; round < KILL_ROUNDS_LIMIT; round++) {
            List<Long> pids = find();
            if (pids.isEmpty()) {
                // A process that is exiting loses its executable before its shared memory.
                dying = alive(dying);
                if (dying.isEmpty()) {
                    return true;
                }
            } else {
                dying = pids;
            }
            for (long pid : pids) {
                PosixKill.Sent _ = PosixKill.signal(pid, PosixKill.SIGKILL);
            }
            LockSupport.parkNanos(KILL_ROUND_NANOS);
        }
        return false;
    }

    /// The processes of the instance, zombies left out: they run no more.
    public List<Long> find() {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                if (belongs(entry)) {
                    found.add(Long.parseLong(entry.getFileName().toString()));
                }
            }
        } catch (IOException | DirectoryIteratorException failure) {
            throw new IllegalStateException("/proc cannot be read", failure);
        }
        return found;
    }

    /// Those that have not exited altogether.
    static List<Long> alive(List<Long> pids) {
        List<Long> alive = new ArrayList<>(pids.size());
        for (long pid : pids) {
            if (isAlive(pid)) {
                alive.add(pid);
            }
        }
        return alive;
    }

    boolean belongs(long pid) {
        return belongs(PROC.resolve(Long.toString(pid)));
    }

    private boolean belongs(Path process) {
        String executable = link(process.resolve("exe"));
        if (executable == null) {
            return false;
        }
        // After a package upgrade the old executable is deleted but runs on.
        int end =
                executable.endsWith(DELETED)
                        ? executable.length() - DELETED.length()
                        : executable.length();
        if (!executable.startsWith("postgres", executable.lastIndexOf('/', end - 1) + 1)
                || executable.lastIndexOf('/', end - 1) + 1 + "postgres".length() != end) {
            return false;
        }
        String working = link(process.resolve("cwd"));
        return working != null
                && (working.equals(directory) || working.equals(directory + DELETED));
    }

    private static @Nullable String link(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException goneOrForeign) {
            return null;
        }
    }

    /// When a process was started, in clock ticks since boot, or -1 when it is gone. Together
    /// with the pid it names a process for good.
    ///
    /// @throws UncheckedIOException when that cannot be read now.
    static long startTicks(long pid) {
        String stat = stat(pid);
        return stat == null ? -1 : Long.parseLong(field(stat, 22));
    }

    /// The parent of a process, or -1 when it is gone.
    ///
    /// @throws UncheckedIOException when that cannot be read now.
    static long parent(long pid) {
        String stat = stat(pid);
        return stat == null ? -1 : Long.parseLong(field(stat, 4));
    }

    /// Whether a process is known to have ended and only waits for its parent to take note.
    static boolean isUnreaped(long pid) {
        try {
            String stat = stat(pid);
            return stat != null && field(stat, 3).equals("Z");
        } catch (UncheckedIOException unknown) {
            return false;
        }
    }

    /// Whether a process is there and is not a zombie. It is, as long as that cannot be told: who
    /// takes a postmaster for dead ends what it leaves behind.
    static boolean isAlive(long pid) {
        try {
            String stat = stat(pid);
            return stat != null && !field(stat, 3).equals("Z") && !field(stat, 3).equals("X");
        } catch (UncheckedIOException unknown) {
            return true;
        }
    }

    /// Null when there is no such process. That a file cannot be read says nothing of that: this
    /// process may be out of descriptors.
    private static @Nullable String stat(long pid) {
        Path process = PROC.resolve(Long.toString(pid));
        try {
            return Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException failure) {
            // Asking for its existence takes no descriptor.
            if (Files.notExists(process)) {
                return null;
            }
            throw new UncheckedIOException(process + "/stat cannot be read", failure);
        }
    }

    /// The command's name, field 2, is in parentheses and may itself hold spaces and parentheses.
    static String field(String stat, int number) {
        int from = stat.lastIndexOf(')') + 2;
        for (int field = 3; field < number; field++) {
            from = stat.indexOf(' ', from) + 1;
        }
        int to = stat.indexOf(' ', from);
        return stat.substring(from, to < 0 ? stat.length() : to);
    }
}
