package io.tamada.chaos.cluster.comparison;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a script that reads a JSON document relies on: which paths there are, the kind of each
/// value, and the words among them.
final class Shape {

    private static final ObjectMapper JSON = new ObjectMapper();

    /// Fields whose value is a word that a program compares.
    private static final Set<String> WORDS =
            Set.of(
                    "application_name",
                    "at",
                    "client_addr",
                    "from",
                    "name",
                    "postgres_version",
                    "replication_state",
                    "role",
                    "schedule",
                    "scope",
                    "server_version",
                    "state",
                    "sync_priority",
                    "sync_state",
                    "timeline",
                    "to",
                    "usename");

    private Shape() {}

    /// @param exact whether every value counts, not only its kind.
    /// @return a line for each path; null when the text is no JSON.
    static @Nullable SortedSet<String> of(String text, boolean exact) {
        try {
            SortedSet<String> lines = new TreeSet<>();
            walk(JSON.readTree(text), "", "", exact, lines);
            return lines;
        } catch (JsonProcessingException notJson) {
            return null;
        }
    }

    private static void walk(
            JsonNode node, String path, String field, boolean exact, SortedSet<String> lines) {
        if (node.isObject()) {
            if (node.isEmpty()) {
                lines.add(path + " {}");
            }
            for (Map.Entry<String, JsonNode> each : node.properties()) {
                walk(each.getValue(), path + "." + each.getKey(), each.getKey(), exact, lines);
            }
        } else if (node.isArray()) {
            if (node.isEmpty()) {
                lines.add(path + " []");
            }
            for (JsonNode each : node) {
                walk(each, path + "[]", field, exact, lines);
            }
        } else if (field.equals("replayed_timestamp")) {
            // Null as long as the standby has replayed no commit.
            lines.add(path + " string");
        } else if (exact || WORDS.contains(field) || node.isBoolean()) {
            lines.add(path + " = " + node);
        } else {
            lines.add(path + " " + node.getNodeType().name().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
