package io.tamada.chaos.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// What happened, one line each in fixed columns: true time, where, what, details. Only the last
/// lines are kept; the hash covers all of them, so two runs can be compared.
final class Trace {

    enum Echo {
        NONE,
        ALL
    }

    private static final int LINES_KEPT = 400;
    private static final long PRIME = 0x100000001b3L;

    /// One line before it is written out: most never are.
    private record Line(long atNanos, String where, String what, String details) {
        @Override
        public String toString() {
            return pad(seconds(atNanos), 12, true)
                    + "  "
                    + pad(where, 5, false)
                    + " "
                    + pad(what, 16, false)
                    + " "
                    + details;
        }
    }

    private final Scheduler scheduler;
    private final Deque<Line> lines = new ArrayDeque<>();
    private final Echo echo;
    private long hash = 0xcbf29ce484222325L;

    Trace(Scheduler scheduler, Echo echo) {
        this.scheduler = scheduler;
        this.echo = echo;
    }

    void line(String where, String what, String details) {
        Line line = new Line(scheduler.nowNanos(), where, what, details);
        mix(line.atNanos);
        mix(where.hashCode());
        mix(what.hashCode());
        mix(details.hashCode());
        if (echo == Echo.ALL) {
            System.out.println(line);
            return;
        }
        lines.addLast(line);
        if (lines.size() > LINES_KEPT) {
            lines.removeFirst();
        }
    }

    private void mix(long value) {
        hash = (hash ^ value) * PRIME;
        hash ^= hash >>> 32;
    }

    long hash() {
        return hash;
    }

    List<String> lastLines() {
        return lines.stream().map(Line::toString).toList();
    }

    static String seconds(long nanos) {
        long micros = nanos / 1_000;
        String fraction = Long.toString(1_000_000 + micros % 1_000_000).substring(1);
        return micros / 1_000_000 + "." + fraction;
    }

    private static String pad(String text, int width, boolean right) {
        String blanks = " ".repeat(Math.max(0, width - text.length()));
        return right ? blanks + text : text + blanks;
    }
}
