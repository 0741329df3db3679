package io.tamada.rest.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The JSON object that a command carries.
public final class Body {

    /// Decimals stay as they were written, so that a configuration reads back as it was sent.
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private Body() {}

    public static ObjectNode empty() {
        return JSON.createObjectNode();
    }

    /// Null when the text is no JSON object.
    public static @Nullable ObjectNode parse(String text) {
        try {
            return JSON.readTree(text) instanceof ObjectNode object ? object : null;
        } catch (JsonProcessingException | IllegalArgumentException notJson) {
            return null;
        }
    }

    public static String write(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree always has a text", impossible);
        }
    }

    /// The field as text; null when it is absent, null, empty, or no scalar.
    static @Nullable String text(ObjectNode body, String field) {
        JsonNode node = body.get(field);
        if (node == null || node.isNull() || node.isContainerNode() || node.asText().isEmpty()) {
            return null;
        }
        return node.asText();
    }

    /// The first field that is a list or an object; null when there is none.
    static @Nullable String nestedField(ObjectNode body) {
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            if (field.getValue().isContainerNode()) {
                return field.getKey();
            }
        }
        return null;
    }

    static boolean truth(ObjectNode body, String field) {
        JsonNode node = body.get(field);
        return node != null
                && switch (node.asText("").trim().toLowerCase(Locale.ROOT)) {
                    case "true", "on", "yes", "1" -> true;
                    default -> false;
                };
    }
}
