package io.tamada.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.agent.settings.YamlDocument;
import io.tamada.agent.settings.YamlText;
import io.tamada.rest.control.Body;
import io.tamada.rest.control.ConfigPatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Changes of a dynamic configuration, as options or a file ask for them.
final class ConfigEdit {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> PARAMETERS = List.of("postgresql", "parameters");

    private ConfigEdit() {}

    /// A YAML text as the document that it stands for.
    ///
    /// @param source what errors call the text.
    static ObjectNode read(String yaml, String source) throws StoreOptions.Failure {
        JsonNode node = node(yaml, source);
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new StoreOptions.Failure(
                AgentCommand.BAD_CONFIGURATION,
                source + ": found no settings, expected a mapping (key: value)");
    }

    private static JsonNode node(String yaml, String source) throws StoreOptions.Failure {
        return switch (YamlDocument.parse(yaml, source)) {
            case YamlDocument.Result.Read(var value) -> asStored(value);
            case YamlDocument.Result.Refused(var errors) ->
                    throw new StoreOptions.Failure(
                            AgentCommand.BAD_CONFIGURATION, String.join("\n", errors));
        };
    }

    /// By way of its text, so that the same number is the same node wherever it came from.
    private static JsonNode asStored(@Nullable Object value) {
        try {
            ObjectNode wrapped = Body.parse("{\"v\":" + MAPPER.writeValueAsString(value) + "}");
            if (wrapped != null) {
                return wrapped.get("v");
            }
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
        throw new IllegalStateException("a written value reads back");
    }

    /// The document with another laid over it; null takes a setting away.
    static ObjectNode merged(ObjectNode document, ObjectNode patch) {
        ObjectNode merged = document.deepCopy();
        ConfigPatch.apply(merged, patch);
        return merged;
    }

    /// The document with each `path=value` set. A path has dots; what follows
    /// `postgresql.parameters` is one name, because the names of parameters have dots, too.
    static ObjectNode set(ObjectNode document, List<String> pairs) throws StoreOptions.Failure {
        ObjectNode changed = document.deepCopy();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new StoreOptions.Failure(1, "Invalid parameter setting " + pair);
            }
            List<String> path =
                    new ArrayList<>(List.of(pair.substring(0, equals).strip().split("\\.", -1)));
            int deep = PARAMETERS.size();
            if (path.size() > deep && path.subList(0, deep).equals(PARAMETERS)) {
                String name = String.join(".", path.subList(deep, path.size()));
                path.subList(deep, path.size()).clear();
                path.add(name);
            }
            set(changed, path, node(pair.substring(equals + 1), pair));
        }
        return changed;
    }

    /// A mapping that is left without a setting goes, too.
    private static void set(ObjectNode at, List<String> path, JsonNode value) {
        String key = path.getFirst();
        if (path.size() == 1) {
            if (value.isNull()) {
                at.remove(key);
            } else {
                at.set(key, value);
            }
            return;
        }
        ObjectNode inner = at.get(key) instanceof ObjectNode there ? there : at.putObject(key);
        set(inner, path.subList(1, path.size()), value);
        if (inner.isEmpty()) {
            at.remove(key);
        }
    }

    /// As `show-config` shows it.
    static String text(ObjectNode document) {
        return YamlText.block(plain(document));
    }

    private static @Nullable Object plain(JsonNode node) {
        if (node instanceof ObjectNode object) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            object.properties().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        }
        if (node.isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            node.forEach(item -> list.add(plain(item)));
            return list;
        }
        if (node.isNumber()) {
            return node.numberValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return node.isNull() ? null : node.asText();
    }
}
