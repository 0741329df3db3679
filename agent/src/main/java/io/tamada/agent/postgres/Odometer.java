package io.tamada.agent.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Counts how often something was seen to get on: a recovery that has come to another WAL segment,
/// a tool that has read, written, computed or printed something. For any thread; a look costs a
/// walk through /proc, so that it is taken once a second at the most.
final class Odometer {

    private static final long REST_NANOS = 900_000_000L;
    private static final Path PROC = Path.of("/proc");

    /// What the startup process shows of itself: `postgres: CLUSTER: startup recovering SEGMENT`,
    /// or `waiting for SEGMENT`. The name is timeline, log and segment, eight digits each.
    private static final Pattern SEGMENT =
            Pattern.compile("startup\\s+(?:recovering|waiting for)\\s+[0-9A-F]{8}([0-9A-F]{16})");

    private static final Pattern STARTUP = Pattern.compile("postgres:.*\\bstartup\\b");

    private long count;
    private String before = "";
    private long segment = -1;
    private long lookedAt = System.nanoTime() - REST_NANOS;

    synchronized long count() {
        return count;
    }

    /// Another start begins: its recovery begins at a lower segment.
    synchronized void restart() {
        count++;
        segment = -1;
        before = "";
    }

    /// A server that is starting.
    synchronized void ofStart(List<Long> pids) {
        if (!isDue()) {
            return;
        }
        StringBuilder activity = new StringBuilder();
        for (long pid : pids) {
            String title = read(pid, "cmdline").replace('\0', ' ');
            if (!STARTUP.matcher(title).find()) {
                continue;
            }
            Matcher shown = SEGMENT.matcher(title);
            if (shown.find()) {
                long reached = Long.parseUnsignedLong(shown.group(1), 16);
                if (Long.compareUnsigned(reached, segment) > 0 || segment < 0) {
                    segment = reached;
                    count++;
                }
                return;
            }
            // Before replay it works through files, and shows nothing; it waits for nothing then.
            activity.append(cpu(pid)).append(' ').append(switches(pid)).append(' ');
        }
        note(activity.toString());
    }

    /// A tool and its children, which share its session.
    synchronized void ofTool(long session, long printedBytes) {
        if (!isDue()) {
            return;
        }
        StringBuilder activity = new StringBuilder().append(printedBytes).append(' ');
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(entry.getFileName().toString());
                String stat = read(pid, "stat");
                if (!stat.isEmpty()
                        && InstanceProcesses.field(stat, 6).equals(Long.toString(session))) {
                    activity.append(pid).append(' ').append(cpu(pid)).append(' ');
                    activity.append(bytes(pid)).append(' ');
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            // Nobody can tell, so nobody is called off.
            count++;
        }
        note(activity.toString());
    }

    private boolean isDue() {
        long now = System.nanoTime();
        if (now - lookedAt < REST_NANOS) {
            return false;
        }
        lookedAt = now;
        return true;
    }

    private void note(String activity) {
        if (!activity.equals(before)) {
            before = activity;
            count++;
        }
    }

    private static String cpu(long pid) {
        String stat = read(pid, "stat");
        return stat.isEmpty()
                ? ""
                : InstanceProcesses.field(stat, 14) + "+" + InstanceProcesses.field(stat, 15);
    }

    private static String switches(long pid) {
        return line(read(pid, "status"), "voluntary_ctxt_switches:");
    }

    private static String bytes(long pid) {
        String io = read(pid, "io");
        return line(io, "rchar:") + "+" + line(io, "wchar:");
    }

    private static String line(String text, String name) {
        for (String line : text.lines().toList()) {
            if (line.startsWith(name)) {
                return line.substring(name.length()).strip();
            }
        }
        return "";
    }

    /// Nothing for a process that has gone or is another user's.
    private static String read(long pid, String file) {
        try {
            return Files.readString(
                    PROC.resolve(Long.toString(pid)).resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException goneOrForeign) {
            return "";
        }
    }
}
