package io.tamada.rest.document;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.wal.TimelineHistory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The documents of a few lines: `/history`, `/config`, `/failsafe`, `/events` and
/// refusals.
public final class SmallDocuments {

    private SmallDocuments() {}

    /// A list of `[timeline, position, reason, time, new leader]`; the last two are left out
    /// where they are not known, as Patroni does.
    public static byte[] history(TimelineHistory history) {
        return Json.bytes(
                json -> {
                    json.writeStartArray();
                    for (TimelineHistory.Entry entry : history.entries()) {
                        json.writeStartArray();
                        json.writeNumber(entry.timeline().id());
                        json.writeNumber(entry.switchPoint().value());
                        json.writeString(entry.reason());
                        if (entry.at() != null || entry.newLeader() != null) {
                            json.writeString(entry.at());
                        }
                        if (entry.newLeader() != null) {
                            json.writeString(entry.newLeader());
                        }
                        json.writeEndArray();
                    }
                    json.writeEndArray();
                });
    }

    /// The dynamic configuration as it is stored.
    public static byte[] config(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /// The members whose consent keeps a leader without a store: API URL by name.
    public static byte[] failsafe(ClusterView view) {
        return Json.bytes(
                json -> {
                    json.writeStartObject();
                    for (Map.Entry<String, String> member : view.failsafe().urls().entrySet()) {
                        json.writeStringField(member.getKey(), member.getValue());
                    }
                    json.writeEndObject();
                });
    }

    /// @param events JSON objects as they were written down.
    public static byte[] events(List<String> events) {
        return ("[" + String.join(",\n", events) + "]").getBytes(StandardCharsets.UTF_8);
    }

    /// The body of a refusal.
    public static byte[] error(String sentence) {
        return Json.text("error", sentence);
    }
}
