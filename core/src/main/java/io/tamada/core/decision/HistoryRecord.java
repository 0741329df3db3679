package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the leader writes to the `history` key: the ancestry that its server knows, with what
/// people have added to the entries that are in the store already.
final class HistoryRecord {

    /// A promotion that died half-way takes a number and leaves nothing else.
    private static final String SKIPPED = "no promotion to this timeline was completed";

    private HistoryRecord() {}

    /// Null when the store is up to date.
    static @Nullable TimelineHistory toWrite(
            Observation seen, ClusterView view, ServerStatus status) {
        List<TimelineHistory.Entry> own = complete(status.history(), status.timeline());
        if (own == null) {
            return null;
        }
        List<TimelineHistory.Entry> merged = new ArrayList<>();
        boolean changed = view.history().entries().size() != own.size();
        for (TimelineHistory.Entry entry : own) {
            TimelineHistory.Entry known = find(view.history(), entry);
            if (known == null) {
                changed = true;
                boolean newest = entry.equals(own.getLast());
                merged.add(
                        new TimelineHistory.Entry(
                                entry.timeline(),
                                entry.switchPoint(),
                                entry.reason(),
                                null,
                                newest ? seen.self().name().value() : null));
            } else {
                merged.add(known);
            }
        }
        int limit = seen.config().maxTimelinesHistory();
        if (limit > 0 && merged.size() > limit) {
            merged = merged.subList(merged.size() - limit, merged.size());
            changed = !merged.equals(view.history().entries());
        }
        return changed ? new TimelineHistory(merged) : null;
    }

    /// The history up to the given timeline, without gaps; null while its file was not read yet.
    ///
    /// Readers take the cluster's timeline to be the last entry's plus one. PostgreSQL skips a
    /// number when a promotion has died after it took one, and every member that is down would
    /// wait for ever for a history that leads to the leader's timeline. A skipped timeline is
    /// written as one that ended where it began.
    private static @Nullable List<TimelineHistory.Entry> complete(
            TimelineHistory history, Timeline timeline) {
        if (timeline.equals(Timeline.FIRST)) {
            return List.of();
        }
        if (history.entries().isEmpty() || history.current().isAfter(timeline)) {
            return null;
        }
        List<TimelineHistory.Entry> complete = new ArrayList<>();
        for (TimelineHistory.Entry entry : history.entries()) {
            fill(complete, entry.timeline());
            complete.add(entry);
        }
        fill(complete, timeline);
        return complete;
    }

    private static void fill(List<TimelineHistory.Entry> complete, Timeline next) {
        if (complete.isEmpty()) {
            return;
        }
        Lsn switchPoint = complete.getLast().switchPoint();
        for (int id = complete.getLast().timeline().id() + 1; id < next.id(); id++) {
            complete.add(
                    new TimelineHistory.Entry(new Timeline(id), switchPoint, SKIPPED, null, null));
        }
    }

    private static TimelineHistory.@Nullable Entry find(
            TimelineHistory history, TimelineHistory.Entry wanted) {
        for (TimelineHistory.Entry entry : history.entries()) {
            if (entry.timeline().equals(wanted.timeline())
                    && entry.switchPoint().equals(wanted.switchPoint())) {
                return entry;
            }
        }
        return null;
    }
}
