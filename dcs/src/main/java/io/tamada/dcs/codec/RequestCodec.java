package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.dcs.kv.Bytes;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The values of the `failover` and `failsafe` keys.
public final class RequestCodec {

    /// No request.
    public static final Bytes NOTHING = Bytes.utf8("{}");

    /// What a key of this kind says: that nothing is asked for is an answer too.
    record Said<T>(@Nullable T value) {}

    private RequestCodec() {}

    /// Null when the value is not a request. Requests are taken back by writing `{}`.
    static @Nullable Said<FailoverRequest> failover(Bytes value) {
        ObjectNode json = objectOrNothing(value);
        if (json == null) {
            return null;
        }
        String leader = nonEmpty(Json.scalar(json, "leader"));
        String candidate = nonEmpty(Json.scalar(json, "member"));
        String at = nonEmpty(Json.scalar(json, "scheduled_at"));
        return leader == null && candidate == null && at == null
                ? new Said<>(null)
                : new Said<>(new FailoverRequest(leader, candidate, at, epochMillis(at), 0));
    }

    /// A request for another leader, as Patroni writes it.
    public static Bytes encode(
            @Nullable String leader, @Nullable String candidate, @Nullable String scheduledAt) {
        ObjectNode json = Json.object();
        putIfAny(json, "leader", leader);
        putIfAny(json, "member", candidate);
        putIfAny(json, "scheduled_at", scheduledAt);
        return Json.write(json);
    }

    private static void putIfAny(ObjectNode json, String field, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            json.put(field, value);
        }
    }

    /// Null when there is no time, or none with a zone.
    private static @Nullable Long epochMillis(@Nullable String at) {
        if (at == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(at.strip().replace(' ', 'T')).toInstant().toEpochMilli();
        } catch (DateTimeParseException _) {
            return null;
        }
    }

    /// Null when the value is not a map of member URLs.
    static @Nullable SortedMap<String, String> failsafe(Bytes value) {
        ObjectNode json = objectOrNothing(value);
        if (json == null) {
            return null;
        }
        SortedMap<String, String> urls = new TreeMap<>();
        for (Map.Entry<String, JsonNode> member : json.properties()) {
            urls.put(member.getKey(), member.getValue().asText());
        }
        return urls;
    }

    public static Bytes encodeFailsafe(SortedMap<String, String> urls) {
        ObjectNode json = Json.object();
        urls.forEach(json::put);
        return Json.write(json);
    }

    /// An empty value and `null` are what an empty object is.
    static @Nullable ObjectNode objectOrNothing(Bytes value) {
        if (value.length() == 0) {
            return Json.object();
        }
        return switch (Json.parse(value)) {
            case ObjectNode object -> object;
            case JsonNode node when node.isNull() -> Json.object();
            case null, default -> null;
        };
    }

    static @Nullable String nonEmpty(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
