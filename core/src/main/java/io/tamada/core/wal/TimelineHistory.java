package io.tamada.core.wal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The ancestry of the cluster's current timeline, oldest first: each entry is a timeline that
/// has ended and the position where its successor took over. Empty means the first timeline.
public record TimelineHistory(List<Entry> entries) {

    public static final TimelineHistory EMPTY = new TimelineHistory(List.of());

    /// One timeline that has ended. `at` (ISO time) is for people; nothing is decided on it.
    /// `newLeader` tells a leader whose control file is older than its timeline that the timeline
    /// is its own.
    public record Entry(
            Timeline timeline,
            Lsn switchPoint,
            String reason,
            @Nullable String at,
            @Nullable String newLeader) {}

    public TimelineHistory {
        entries = List.copyOf(entries);
    }

    /// The timeline that this history leads to: the last ended one plus one (Patroni reads its
    /// `history` key in the same way).
    public Timeline current() {
        return entries.isEmpty()
                ? Timeline.FIRST
                : new Timeline(entries.getLast().timeline().id() + 1);
    }

    /// Whether the given timeline is listed here without being an ancestor: its number was taken
    /// by a promotion that is no part of this line, so it is written as one that ended where it
    /// began. A real one holds one record at least, that of the promotion.
    public boolean isSkipped(Timeline timeline) {
        Lsn before = null;
        for (Entry entry : entries) {
            if (entry.timeline().equals(timeline)) {
                return entry.switchPoint().equals(before);
            }
            before = entry.switchPoint();
        }
        return false;
    }

    /// Where the given timeline ended, or null when it is not an ancestor that is listed here.
    public @Nullable Lsn switchPointOf(Timeline timeline) {
        for (Entry entry : entries) {
            if (entry.timeline().equals(timeline)) {
                return entry.switchPoint();
            }
        }
        return null;
    }
}
