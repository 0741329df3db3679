package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.member.PendingRestart;
import io.tamada.core.member.RejoinNote;
import io.tamada.core.member.RejoinRung;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.dcs.kv.Bytes;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The value of a `members/NAME` key. What Tamada has to say beyond Patroni stands in an object
/// of its own, which Patroni ignores.
public final class MemberCodec {

    /// Fields that change with every byte of WAL.
    private static final String[] POSITIONS = {"xlog_location", "receive_lsn", "replay_lsn"};

    private MemberCodec() {}

    public static Bytes encode(Member member) {
        ObjectNode json = Json.object();
        json.put("conn_url", member.connUrl());
        json.put("api_url", member.apiUrl());
        if (member.proxyUrl() != null) {
            json.put("proxy_url", member.proxyUrl());
        }
        json.put("state", MemberTexts.of(member.state()));
        json.put("role", MemberTexts.of(member.role()));
        json.put("version", member.version());
        if (!member.checkpointAfterPromote()) {
            json.put("checkpoint_after_promote", false);
        }
        if (!member.tags().all().isEmpty()) {
            putTags(json.putObject("tags"), member.tags());
        }
        if (member.pendingRestart()) {
            json.put("pending_restart", true);
            putReason(json, member.restart());
        }
        if (member.scheduledRestart() != null) {
            ObjectNode planned = Json.parseObject(Bytes.utf8(member.scheduledRestart()));
            if (planned != null) {
                json.set("scheduled_restart", planned);
            }
        }
        putPosition(json, "xlog_location", member.walLocation());
        putPosition(json, "receive_lsn", member.receivedLocation());
        putPosition(json, "replay_lsn", member.replayedLocation());
        if (member.replicationState() != null) {
            json.put("replication_state", member.replicationState());
        }
        if (member.timeline() != null) {
            json.put("timeline", member.timeline().id());
        }
        if (member.pause()) {
            json.put("pause", true);
        }
        if (member.identity() != null) {
            ObjectNode own = json.putObject("tamada");
            own.put("identity", member.identity());
            if (member.whyNot() != null) {
                own.put("why_not", member.whyNot());
            }
            RejoinNote note = member.rejoin();
            if (note != null) {
                ObjectNode rejoin = own.putObject("rejoin");
                rejoin.put("rung", note.rung().word());
                rejoin.put("attempt", note.attempt());
                rejoin.put("reason", note.reason());
            }
        }
        return Json.write(json);
    }

    private static void putPosition(ObjectNode json, String field, @Nullable Lsn position) {
        if (position != null) {
            json.put(field, position.value());
        }
    }

    private static void putTags(ObjectNode json, MemberTags tags) {
        for (Map.Entry<String, Object> tag : tags.all().entrySet()) {
            switch (tag.getValue()) {
                case Boolean value -> json.put(tag.getKey(), value);
                case Long value -> json.put(tag.getKey(), value);
                case Integer value -> json.put(tag.getKey(), value);
                case Double value -> json.put(tag.getKey(), value);
                case Object value -> json.put(tag.getKey(), value.toString());
            }
        }
    }

    /// The member, or null when the value is no JSON object. A field that is absent or wrong is
    /// read as the most cautious value: an unknown state as stopped, an unknown role as a
    /// replica.
    public static @Nullable Member decode(MemberName name, Bytes value, Warnings warnings) {
        ObjectNode json = Json.parseObject(value);
        if (json == null) {
            warnings.warn("the member " + name + " is left out: its value is not a JSON object");
            return null;
        }
        ObjectNode own = json.get("tamada") instanceof ObjectNode object ? object : Json.object();
        Long timeline = Json.whole(json, "timeline");
        return new Member(
                name,
                orEmpty(Json.scalar(json, "conn_url")),
                orEmpty(Json.scalar(json, "api_url")),
                state(name, json, warnings),
                role(name, json, warnings),
                orEmpty(Json.scalar(json, "version")),
                text(own, "identity"),
                text(own, "why_not"),
                timeline != null && timeline > 0 && timeline <= Integer.MAX_VALUE
                        ? new Timeline(timeline.intValue())
                        : null,
                position(json, "xlog_location"),
                position(json, "receive_lsn"),
                position(json, "replay_lsn"),
                Json.scalar(json, "replication_state"),
                tags(json),
                !json.has("checkpoint_after_promote")
                        || Json.isTrue(json, "checkpoint_after_promote"),
                restart(json),
                Json.isTrue(json, "pause"),
                rejoin(own),
                json.get("scheduled_restart") instanceof ObjectNode planned
                        ? Json.text(planned)
                        : null,
                text(json, "proxy_url"));
    }

    private static @Nullable RejoinNote rejoin(ObjectNode own) {
        if (!(own.get("rejoin") instanceof ObjectNode note)) {
            return null;
        }
        Long attempt = Json.whole(note, "attempt");
        for (RejoinRung rung : RejoinRung.values()) {
            if (rung.word().equals(Json.scalar(note, "rung"))) {
                return new RejoinNote(
                        rung,
                        attempt == null ? 1 : Math.clamp(attempt, 1, Integer.MAX_VALUE),
                        orEmpty(Json.scalar(note, "reason")));
            }
        }
        return null;
    }

    /// Whether the two values say different things apart from how far the WAL has come. Members
    /// that woke each other for every byte would never sleep.
    public static boolean differBeyondPositions(Bytes before, Bytes after) {
        ObjectNode old = Json.parseObject(before);
        ObjectNode now = Json.parseObject(after);
        if (old == null || now == null) {
            return !before.equals(after);
        }
        for (String field : POSITIONS) {
            old.remove(field);
            now.remove(field);
        }
        return !old.equals(now);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static @Nullable String text(ObjectNode own, String field) {
        String text = Json.scalar(own, field);
        return text == null || text.isEmpty() ? null : text;
    }

    private static MemberState state(MemberName name, JsonNode json, Warnings warnings) {
        String text = orEmpty(Json.scalar(json, "state"));
        MemberState state = MemberTexts.state(text);
        if (state == null) {
            warnings.warn("the member " + name + " has an unknown state, '" + text + "'");
            return MemberState.STOPPED;
        }
        return state;
    }

    private static MemberRole role(MemberName name, JsonNode json, Warnings warnings) {
        String text = orEmpty(Json.scalar(json, "role"));
        MemberRole role = MemberTexts.role(text);
        if (role == null) {
            warnings.warn("the member " + name + " has an unknown role, '" + text + "'");
            return MemberRole.REPLICA;
        }
        return role;
    }

    private static @Nullable Lsn position(JsonNode json, String field) {
        Long value = Json.whole(json, field);
        return value == null ? null : new Lsn(value);
    }

    private static MemberTags tags(JsonNode json) {
        if (!(json.get("tags") instanceof ObjectNode tags)) {
            return MemberTags.NONE;
        }
        SortedMap<String, Object> all = new TreeMap<>();
        for (Map.Entry<String, JsonNode> tag : tags.properties()) {
            JsonNode value = tag.getValue();
            if (value.isNull()) {
                continue;
            }
            if (value.isBoolean()) {
                all.put(tag.getKey(), value.booleanValue());
            } else if (value.isIntegralNumber() && value.canConvertToLong()) {
                all.put(tag.getKey(), value.longValue());
            } else if (value.isNumber()) {
                all.put(tag.getKey(), value.doubleValue());
            } else {
                all.put(tag.getKey(), value.isContainerNode() ? Json.text(value) : value.asText());
            }
        }
        return new MemberTags(all);
    }

    private static void putReason(ObjectNode json, PendingRestart restart) {
        if (restart.changes().isEmpty()) {
            return;
        }
        ObjectNode reason = json.putObject("pending_restart_reason");
        restart.changes()
                .forEach(
                        (name, change) ->
                                reason.putObject(name)
                                        .put("old_value", change.oldValue())
                                        .put("new_value", change.newValue()));
    }

    private static PendingRestart restart(ObjectNode json) {
        SortedMap<String, PendingRestart.Change> changes = new TreeMap<>();
        for (var entry : json.path("pending_restart_reason").properties()) {
            changes.put(
                    entry.getKey(),
                    new PendingRestart.Change(
                            entry.getValue().path("old_value").asText(""),
                            entry.getValue().path("new_value").asText("")));
        }
        return new PendingRestart(Json.isTrue(json, "pending_restart"), changes);
    }
}
