package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Takes out of a dynamic configuration what nobody should read in a history: values whose name
/// says so, and passwords inside commands, connection strings and URLs.
final class Secrets {

    private static final String HIDDEN = "***";

    private static final Pattern NAME =
            Pattern.compile("(?i).*(passw|passphrase|secret|token|credential|api_?key).*");

    /// Named so, and none.
    private static final Set<String> NO_SECRETS =
            Set.of("password_encryption", "ssl_passphrase_command_supports_reload");

    private static final Pattern ASSIGNED =
            Pattern.compile(
                    "(?i)([a-z0-9_.-]*(?:passw|passphrase|secret|token|credential|access_?key|api_?key)"
                            + "[a-z0-9_-]*[\"']?(?:\\s*[=:]\\s*|\\s+))(\"[^\"]*\"|'[^']*'|[^\\s,;&]+)");

    private static final Pattern IN_URL = Pattern.compile("(://[^\\s:/@]*:)[^\\s@]+@");

    private Secrets() {}

    /// The same document without them, its members in the order of their names.
    static JsonNode hidden(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode copy = Json.object();
                for (Map.Entry<String, JsonNode> entry : sorted(object).entrySet()) {
                    boolean secret =
                            NAME.matcher(entry.getKey()).matches()
                                    && !NO_SECRETS.contains(entry.getKey())
                                    && !entry.getValue().isNull();
                    if (secret) {
                        copy.put(entry.getKey(), HIDDEN);
                    } else {
                        copy.set(entry.getKey(), hidden(entry.getValue()));
                    }
                }
                yield copy;
            }
            case ArrayNode list -> {
                ArrayNode copy = Json.array();
                list.forEach(item -> copy.add(hidden(item)));
                yield copy;
            }
            case JsonNode text when text.isTextual() ->
                    Json.object().textNode(hidden(text.textValue()));
            default -> node;
        };
    }

    static String hidden(String text) {
        String assigned = ASSIGNED.matcher(text).replaceAll("$1" + HIDDEN);
        return IN_URL.matcher(assigned).replaceAll("$1" + HIDDEN + "@");
    }

    static Map<String, JsonNode> sorted(ObjectNode object) {
        Map<String, JsonNode> entries = new TreeMap<>();
        object.properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }
}
