package io.tamada.chaos.simulation;

import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One timeline as it really is: written by one instance, from where it left its parent.
///
/// PostgreSQL knows timelines by number alone. Two instances that promote without knowing of
/// each other give the same number to two branches; the simulator can tell them apart.
final class Branch {

    private record Commit(long endLsn, int transaction) {}

    final int number;
    final @Nullable Branch parent;
    final long forkLsn;
    final int owner;
    private long acknowledgedLsn;
    private final List<Commit> commits = new ArrayList<>();
    private @Nullable TimelineHistory history;

    Branch(int number, @Nullable Branch parent, long forkLsn, int owner) {
        this.number = number;
        this.parent = parent;
        this.forkLsn = forkLsn;
        this.owner = owner;
    }

    Timeline timeline() {
        return new Timeline(number);
    }

    Branch root() {
        Branch line = this;
        while (line.parent != null) {
            line = line.parent;
        }
        return line;
    }

    /// A client was promised that what was written up to here is safe.
    void noteAcknowledged(long lsn, boolean excused) {
        if (!excused) {
            acknowledgedLsn = Math.max(acknowledgedLsn, lsn);
        }
    }

    /// How far the promises on this timeline went.
    long acknowledgedLsn() {
        return acknowledgedLsn;
    }

    void commit(long endLsn, int transaction) {
        commits.add(new Commit(endLsn, transaction));
    }

    /// A crash: what was not flushed was never there.
    void truncate(long flushedLsn) {
        while (!commits.isEmpty() && commits.getLast().endLsn > flushedLsn) {
            commits.removeLast();
        }
    }

    /// Whether WAL up to this position of the given branch is part of this branch's line.
    boolean includes(Branch branch, long lsn) {
        Branch line = this;
        long limit = Long.MAX_VALUE;
        while (line != null && line != branch) {
            limit = line.forkLsn;
            line = line.parent;
        }
        return line != null && lsn <= limit;
    }

    /// Where the ancestor of this number ended on this line, or -1 when there is none.
    long endOfAncestor(int ancestor) {
        for (Branch line = this; line.parent != null; line = line.parent) {
            if (line.parent.number == ancestor) {
                return line.forkLsn;
            }
        }
        return -1;
    }

    /// Marks every transaction on this line up to the position.
    void collect(long upToLsn, boolean[] present) {
        long limit = upToLsn;
        for (Branch line = this; line != null; line = line.parent) {
            for (Commit commit : line.commits) {
                if (commit.endLsn <= limit) {
                    present[commit.transaction] = true;
                }
            }
            limit = Math.min(limit, line.forkLsn);
        }
    }

    TimelineHistory history() {
        if (history == null) {
            history = readHistory();
        }
        return history;
    }

    private TimelineHistory readHistory() {
        List<TimelineHistory.Entry> entries = new ArrayList<>();
        for (Branch line = this; line.parent != null; line = line.parent) {
            entries.add(
                    0,
                    new TimelineHistory.Entry(
                            line.parent.timeline(),
                            new Lsn(line.forkLsn),
                            "no recovery target specified",
                            null,
                            null));
        }
        return new TimelineHistory(entries);
    }

    @Override
    public String toString() {
        return number + "@" + owner;
    }
}
