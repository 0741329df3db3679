package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.core.failsafe.FailsafeCall;
import io.tamada.core.member.MemberName;
import io.tamada.core.wal.Lsn;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The wire of `POST /failsafe`, as Patroni speaks it, and one header more.
public final class FailsafeDocument {

    /// The whole body of a consent.
    public static final String ACCEPTED = "Accepted";

    /// How far the member's data reach, in bytes.
    public static final String LSN_HEADER = "lsn";

    /// For how many milliseconds a Tamada has consented; a Patroni does not say.
    public static final String TTL_HEADER = "x-tamada-consent-ms";

    private static final ObjectMapper JSON = new ObjectMapper();

    private FailsafeDocument() {}

    public static String of(FailsafeCall call) {
        return new String(
                Json.bytes(
                        json -> {
                            json.writeStartObject();
                            json.writeStringField("name", call.leader().value());
                            json.writeStringField("conn_url", call.connUrl());
                            json.writeStringField("api_url", call.apiUrl());
                            json.writeObjectFieldStart("slots");
                            for (Map.Entry<String, Lsn> slot : call.slots().entrySet()) {
                                json.writeNumberField(slot.getKey(), slot.getValue().value());
                            }
                            json.writeEndObject();
                            json.writeEndObject();
                        }),
                StandardCharsets.UTF_8);
    }

    /// Who asks, or null when the text is not such a document.
    public static @Nullable MemberName leaderOf(String text) {
        try {
            JsonNode document = JSON.readTree(text);
            JsonNode name = document == null ? null : document.get("name");
            return name == null || !name.isTextual() || !isName(name.textValue())
                    ? null
                    : new MemberName(name.textValue());
        } catch (JsonProcessingException _) {
            return null;
        }
    }

    /// Where the leader's slots are, by name; what cannot be read is left out.
    public static SortedMap<String, Lsn> slotsOf(String text) {
        SortedMap<String, Lsn> slots = new TreeMap<>();
        try {
            JsonNode document = JSON.readTree(text);
            if (document == null) {
                return slots;
            }
            for (Map.Entry<String, JsonNode> slot : document.path("slots").properties()) {
                if (slot.getValue().canConvertToLong() && slot.getValue().longValue() >= 0) {
                    slots.put(slot.getKey(), new Lsn(slot.getValue().longValue()));
                }
            }
        } catch (JsonProcessingException _) {
            return slots;
        }
        return slots;
    }

    private static boolean isName(String text) {
        return !text.isEmpty() && text.indexOf('/') < 0;
    }
}
