package io.tamada.dcs.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.dcs.kv.Bytes;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The one JSON mapper of this module, and readings that answer null instead of failing.
final class Json {

    /// Decimals stay as they were written: 0.10 does not become 0.1.
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private Json() {}

    /// The document, or null when the text is not JSON.
    static @Nullable JsonNode parse(Bytes text) {
        try {
            JsonNode node = MAPPER.readTree(text.toArray());
            return node == null || node.isMissingNode() ? null : node;
        } catch (IOException notJson) {
            return null;
        }
    }

    /// The object, or null when the text is no JSON object.
    static @Nullable ObjectNode parseObject(Bytes text) {
        return parse(text) instanceof ObjectNode object ? object : null;
    }

    /// Compact, as Patroni writes it.
    static Bytes write(JsonNode node) {
        return Bytes.utf8(text(node));
    }

    static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree always has a text", impossible);
        }
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /// The field as text, or null when it is absent, null, or not a scalar.
    static @Nullable String scalar(JsonNode object, String field) {
        JsonNode node = object.get(field);
        return node == null || node.isNull() || node.isContainerNode() ? null : node.asText();
    }

    /// The field as a whole number, written as number or as text; null when it is neither.
    static @Nullable Long whole(JsonNode object, String field) {
        JsonNode node = object.get(field);
        return node == null ? null : whole(node);
    }

    static @Nullable Long whole(JsonNode node) {
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        if (node.isTextual() && node.textValue().matches("-?[0-9]{1,18}")) {
            return Long.valueOf(node.textValue());
        }
        return null;
    }

    /// Whether the field is true, in JSON or in one of the words that Patroni reads as true.
    static boolean isTrue(JsonNode object, String field) {
        JsonNode node = object.get(field);
        return node != null && Boolean.TRUE.equals(truth(node));
    }

    /// The truth value that Patroni reads in this scalar, or null when it reads none.
    static @Nullable Boolean truth(JsonNode node) {
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return switch (node.asText("").trim().toLowerCase(Locale.ROOT)) {
            case "on", "true", "yes", "1" -> Boolean.TRUE;
            case "off", "false", "no", "0" -> Boolean.FALSE;
            default -> null;
        };
    }
}
