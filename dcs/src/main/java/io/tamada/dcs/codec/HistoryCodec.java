package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import io.tamada.dcs.kv.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The value of the `history` key: `[[timeline, position, reason, time?, new leader?], …]`.
public final class HistoryCodec {

    private HistoryCodec() {}

    public static Bytes encode(TimelineHistory history) {
        ArrayNode json = Json.array();
        for (TimelineHistory.Entry entry : history.entries()) {
            ArrayNode line = json.addArray();
            line.add(entry.timeline().id());
            line.add(entry.switchPoint().value());
            line.add(entry.reason());
            if (entry.at() != null || entry.newLeader() != null) {
                line.add(entry.at());
            }
            if (entry.newLeader() != null) {
                line.add(entry.newLeader());
            }
        }
        return Json.write(json);
    }

    /// The history, or null when the value is not one.
    public static @Nullable TimelineHistory decode(Bytes value) {
        if (!(Json.parse(value) instanceof ArrayNode lines)) {
            return null;
        }
        List<TimelineHistory.Entry> entries = new ArrayList<>();
        for (JsonNode line : lines) {
            TimelineHistory.Entry entry = entry(line);
            if (entry == null) {
                return null;
            }
            entries.add(entry);
        }
        return new TimelineHistory(entries);
    }

    private static TimelineHistory.@Nullable Entry entry(JsonNode line) {
        if (!line.isArray() || line.size() < 3) {
            return null;
        }
        Long timeline = Json.whole(line.get(0));
        Long position = Json.whole(line.get(1));
        if (timeline == null || timeline < 1 || timeline > Integer.MAX_VALUE || position == null) {
            return null;
        }
        return new TimelineHistory.Entry(
                new Timeline(timeline.intValue()),
                new Lsn(position),
                line.get(2).asText(),
                text(line, 3),
                text(line, 4));
    }

    private static @Nullable String text(JsonNode line, int index) {
        JsonNode node = line.get(index);
        return node == null || !node.isTextual() ? null : node.textValue();
    }
}
