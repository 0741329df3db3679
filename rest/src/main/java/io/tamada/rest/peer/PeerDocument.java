package io.tamada.rest.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the status document of a peer, ours or that of any Patroni.
///
/// A document without a position is not usable: its member cannot be compared in a race
/// (Patroni's rule too). Such is the answer of a member whose PostgreSQL does not run.
final class PeerDocument {

    /// The role of a member that has no instance.
    private static final String WITHOUT_DATA = "uninitialized";

    private static final String STARTING = "starting";

    private static final ObjectMapper JSON = new ObjectMapper();

    private PeerDocument() {}

    static PeerReport report(MemberName name, byte[] body) {
        JsonNode document;
        try {
            document = JSON.readTree(body);
        } catch (JsonProcessingException garbage) {
            return new PeerReport.Unreachable(name, "its answer is not JSON");
        } catch (IOException impossible) {
            return new PeerReport.Unreachable(name, "its answer cannot be read");
        }
        if (document == null || !document.isObject()) {
            return new PeerReport.Unreachable(name, "its answer is not a JSON object");
        }
        JsonNode wal = document.has("wal") ? document.get("wal") : document.path("xlog");
        JsonNode replaysOwn = document.path("tamada").path("replays_own_wal");
        Lsn position = position(wal);
        if (position == null) {
            position = lsn(replaysOwn.path("reached"));
        }
        // An agent that has just started has not looked yet.
        boolean hasLooked = !document.path("state").asText("").equals(STARTING);
        if (position == null
                && hasLooked
                && document.path("role").asText("").equals(WITHOUT_DATA)) {
            return new PeerReport.WithoutData(name);
        }
        if (position == null) {
            return new PeerReport.Unreachable(
                    name, "it tells no WAL position; its state is " + state(document));
        }
        String role = document.path("role").asText("");
        return new PeerReport.Answered(
                name,
                (role.equals("primary") || role.equals("master"))
                        && document.path("state").asText("").equals("running"),
                timeline(document.path("timeline")),
                position,
                tags(document.path("tags")),
                document.path("watchdog_failed").asBoolean(false),
                replaysOwn.isObject());
    }

    /// Shown to people only, and it comes from another machine: a short word or nothing.
    private static String state(JsonNode document) {
        String state = document.path("state").asText("");
        return state.matches("[a-z ]{1,40}") ? state : "unknown";
    }

    /// A primary tells its `location`; a standby reaches as far as the higher of what it received
    /// and what it replayed.
    private static @Nullable Lsn position(JsonNode wal) {
        Lsn location = lsn(wal.path("location"));
        if (location != null) {
            return location;
        }
        Lsn received = lsn(wal.path("received_location"));
        Lsn replayed = lsn(wal.path("replayed_location"));
        if (received == null || replayed == null) {
            return received == null ? replayed : received;
        }
        return Lsn.max(received, replayed);
    }

    private static @Nullable Lsn lsn(JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToLong()
                ? new Lsn(number.longValue())
                : null;
    }

    private static @Nullable Timeline timeline(JsonNode number) {
        return number.isInt() && number.intValue() >= 1 ? new Timeline(number.intValue()) : null;
    }

    private static MemberTags tags(JsonNode node) {
        SortedMap<String, Object> tags = new TreeMap<>();
        for (Map.Entry<String, JsonNode> tag : node.properties()) {
            JsonNode value = tag.getValue();
            if (value.isBoolean()) {
                tags.put(tag.getKey(), value.booleanValue());
            } else if (value.isIntegralNumber() && value.canConvertToLong()) {
                tags.put(tag.getKey(), value.longValue());
            } else if (value.isNumber()) {
                tags.put(tag.getKey(), value.doubleValue());
            } else if (value.isTextual()) {
                tags.put(tag.getKey(), value.textValue());
            }
        }
        return new MemberTags(tags);
    }
}
