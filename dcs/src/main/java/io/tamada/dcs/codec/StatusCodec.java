package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.wal.Lsn;
import io.tamada.dcs.kv.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The value of the `status` key.
public final class StatusCodec {

    private StatusCodec() {}

    public static Bytes encode(ClusterStatus status) {
        ObjectNode json = Json.object();
        json.put("optime", status.optime().value());
        if (!status.slots().isEmpty()) {
            ObjectNode slots = json.putObject("slots");
            for (Map.Entry<String, Lsn> slot : status.slots().entrySet()) {
                slots.put(slot.getKey(), slot.getValue().value());
            }
        }
        if (!status.retainSlots().isEmpty()) {
            ArrayNode retain = json.putArray("retain_slots");
            for (String slot : status.retainSlots()) {
                retain.add(slot);
            }
        }
        return Json.write(json);
    }

    /// The status, or null when the value is not one. Single slots that make no sense are left
    /// out.
    public static @Nullable ClusterStatus decode(Bytes value) {
        ObjectNode json = Json.parseObject(value);
        if (json == null) {
            return null;
        }
        Long optime = Json.whole(json, "optime");
        SortedMap<String, Lsn> slots = new TreeMap<>();
        if (json.get("slots") instanceof ObjectNode all) {
            for (Map.Entry<String, JsonNode> slot : all.properties()) {
                Long position = Json.whole(slot.getValue());
                if (position != null) {
                    slots.put(slot.getKey(), new Lsn(position));
                }
            }
        }
        List<String> retain = new ArrayList<>();
        if (json.get("retain_slots") instanceof ArrayNode all) {
            for (JsonNode slot : all) {
                if (slot.isTextual()) {
                    retain.add(slot.textValue());
                }
            }
        }
        return new ClusterStatus(optime == null ? Lsn.ZERO : new Lsn(optime), slots, retain);
    }

    /// The value of the `optime/leader` key, which leaders before Patroni 2.1 write.
    static @Nullable ClusterStatus decodeLegacyOptime(Bytes value) {
        String text = value.text();
        return text.matches("[0-9]{1,18}")
                ? new ClusterStatus(new Lsn(Long.parseLong(text)), new TreeMap<>(), List.of())
                : null;
    }
}
