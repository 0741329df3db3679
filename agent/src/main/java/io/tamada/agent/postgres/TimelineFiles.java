package io.tamada.agent.postgres;

import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads `pg_wal/XXXXXXXX.history` (PostgreSQL manual, "Timelines"). A history never changes, so
/// that it is read once for each timeline.
final class TimelineFiles {

    private final Path wal;
    private Timeline cachedFor = Timeline.FIRST;
    private TimelineHistory cached = TimelineHistory.EMPTY;

    TimelineFiles(Path dataDirectory) {
        this.wal = dataDirectory.resolve("pg_wal");
    }

    /// The ancestry of a timeline; empty when its file is not there (yet).
    synchronized TimelineHistory historyOf(Timeline timeline) {
        if (timeline.equals(Timeline.FIRST)) {
            return TimelineHistory.EMPTY;
        }
        if (!timeline.equals(cachedFor)) {
            TimelineHistory history;
            try {
                String text =
                        DurableFiles.readOrNull(
                                wal.resolve(String.format("%08X.history", timeline.id())));
                history = text == null ? TimelineHistory.EMPTY : parse(text);
            } catch (IOException | IllegalArgumentException unreadable) {
                history = TimelineHistory.EMPTY;
            }
            if (history.entries().isEmpty()) {
                return history;
            }
            cachedFor = timeline;
            cached = history;
        }
        return cached;
    }

    /// To be called when the directory has been replaced: timelines of one number may differ.
    synchronized void forget() {
        cachedFor = Timeline.FIRST;
        cached = TimelineHistory.EMPTY;
    }

    static TimelineHistory parse(String text) {
        List<TimelineHistory.Entry> entries = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.strip().split("\t", 3);
            entries.add(
                    new TimelineHistory.Entry(
                            new Timeline(Integer.parseInt(fields[0].strip())),
                            Lsn.parse(fields[1].strip()),
                            fields.length > 2 ? fields[2].strip() : "",
                            null,
                            null));
        }
        return new TimelineHistory(entries);
    }
}
