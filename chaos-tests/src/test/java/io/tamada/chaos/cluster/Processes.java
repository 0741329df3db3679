package io.tamada.chaos.cluster;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What runs on this machine, from /proc.
public final class Processes {

    private static final Path PROC = Path.of("/proc");
    private static final Duration UNTIL_GONE = Duration.ofSeconds(10);

    private Processes() {}

    /// Every process of one instance: its executable is a `postgres` and its working directory
    /// the data directory. Process groups do not tell, as each backend is one of its own.
    public static List<Long> ofInstance(Path dataDirectory) {
        String directory = dataDirectory.toString();
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : all) {
                if (link(process.resolve("exe")).endsWith("/postgres")
                        && link(process.resolve("cwd")).equals(directory)) {
                    found.add(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot list /proc", e);
        }
        return found;
    }

    /// SIGKILL until none is left: a backend may be born between two looks.
    public static void killInstance(Path dataDirectory) {
        Await.until(
                "the end of every process of " + dataDirectory,
                UNTIL_GONE,
                () -> {
                    List<Long> left = ofInstance(dataDirectory);
                    left.forEach(Signals.KILL::to);
                    return left.isEmpty();
                },
                () -> ofInstance(dataDirectory) + " still there");
    }

    /// The pid in the first line of `postmaster.pid`, or 0 when there is none.
    public static long postmaster(Path dataDirectory) {
        try {
            List<String> lines = Files.readAllLines(dataDirectory.resolve("postmaster.pid"));
            return lines.isEmpty() ? 0 : Long.parseLong(lines.getFirst().strip());
        } catch (IOException | NumberFormatException _) {
            return 0;
        }
    }

    /// The pid of the guard of an instance, or 0 when there is none.
    public static long guard(Path dataDirectory) {
        Path file =
                dataDirectory.resolveSibling(dataDirectory.getFileName() + ".tamada/guard/pid.1");
        try {
            long pid = Long.parseLong(Files.readString(file).strip());
            return title(pid).contains("tamada-guard") ? pid : 0;
        } catch (IOException | NumberFormatException _) {
            return 0;
        }
    }

    /// SIGKILL to the guard of an instance, if there is one.
    public static void killGuard(Path dataDirectory) {
        long pid = guard(dataDirectory);
        if (pid != 0) {
            Signals.KILL.to(pid);
        }
    }

    /// The process of an instance whose title has `part` in it, such as `walreceiver`.
    public static long withTitle(Path dataDirectory, String part) {
        for (long pid : ofInstance(dataDirectory)) {
            if (title(pid).contains(part)) {
                return pid;
            }
        }
        throw new AssertionError("no " + part + " of " + dataDirectory);
    }

    /// What ps shows; empty when the process is gone.
    public static String title(long pid) {
        try {
            return Files.readString(PROC.resolve(pid + "/cmdline")).replace('\0', ' ').strip();
        } catch (IOException _) {
            return "";
        }
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException _) {
            return "";
        }
    }
}
