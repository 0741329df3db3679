package io.tamada.rest.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// JSON merge patch (RFC 7396) of the dynamic configuration: null takes a setting away.
public final class ConfigPatch {

    /// What the server runs as a command, or loads as code, on every node.
    private static final List<String> COMMANDS =
            List.of(
                    "archive_command",
                    "archive_cleanup_command",
                    "archive_library",
                    "restore_command",
                    "recovery_end_command",
                    "ssl_passphrase_command",
                    "shared_preload_libraries",
                    "session_preload_libraries",
                    "local_preload_libraries",
                    "jit_provider",
                    "dynamic_library_path",
                    "command");

    private static final String SLOTS = "slots";
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private ConfigPatch() {}

    /// Merges `patch` into `target`.
    ///
    /// @return whether that changes anything.
    public static boolean apply(ObjectNode target, ObjectNode patch) {
        boolean changed = false;
        for (Map.Entry<String, JsonNode> entry : patch.properties()) {
            String name = entry.getKey();
            JsonNode wanted = entry.getValue();
            JsonNode now = target.get(name);
            if (wanted.isNull()) {
                changed |= target.remove(name) != null;
            } else if (wanted instanceof ObjectNode inner && now instanceof ObjectNode there) {
                changed |= apply(there, inner);
            } else if (wanted instanceof ObjectNode slots && name.equals(SLOTS)) {
                // There, as in Patroni, null is a value: a slot of which no more is said.
                target.set(name, slots);
                changed = true;
            } else if (wanted instanceof ObjectNode inner) {
                ObjectNode fresh = Body.empty();
                apply(fresh, inner);
                target.set(name, fresh);
                changed = true;
            } else if (!isSame(now, wanted)) {
                target.set(name, wanted);
                changed = true;
            }
        }
        return changed;
    }

    /// As in Patroni, 5 and "5" are one value, whichever is written.
    private static boolean isSame(@Nullable JsonNode now, JsonNode wanted) {
        return wanted.equals(now)
                || (now != null
                        && now.isValueNode()
                        && wanted.isValueNode()
                        && now.asText().equals(wanted.asText()));
    }

    /// The names, with their path, of settings in this document that make a node run a command.
    static SortedSet<String> commandsIn(ObjectNode document) {
        SortedSet<String> found = new TreeSet<>();
        collect("", document, found);
        return found;
    }

    /// The settings that this document names, each with its path; nothing of their values. For the
    /// log, where it is one line whatever the names are.
    static SortedSet<String> pathsIn(ObjectNode document) {
        SortedSet<String> found = new TreeSet<>();
        name("", document, found);
        return found;
    }

    private static void name(String path, JsonNode node, SortedSet<String> found) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                String own = CONTROL.matcher(entry.getKey()).replaceAll("?");
                name(path.isEmpty() ? own : path + "." + own, entry.getValue(), found);
            }
        } else {
            found.add(path);
        }
    }

    private static void collect(String path, JsonNode node, SortedSet<String> found) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                String place = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
                if (COMMANDS.contains(entry.getKey())) {
                    found.add(place);
                }
                collect(place, entry.getValue(), found);
            }
        } else if (node.isArray()) {
            for (JsonNode item : node) {
                collect(path, item, found);
            }
        }
    }
}
