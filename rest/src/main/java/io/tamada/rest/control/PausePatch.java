package io.tamada.rest.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.PauseNote;
import java.util.ArrayList;
import java.util.List;

/// The changes of the dynamic configuration that begin and end a pause, as JSON merge patches.
public final class PausePatch {

    private static final String OURS = "tamada";
    private static final String REASON = "pause_reason";
    private static final String UNTIL = "pause_until";

    private PausePatch() {}

    /// @param config the configuration in force.
    public static ObjectNode begin(ObjectNode config, PauseNote note) {
        ObjectNode patch = Body.empty();
        patch.put("pause", true);
        boolean worded = note.reason() != null || note.until() != null;
        if (worded || hasNote(config)) {
            ObjectNode ours = patch.putObject(OURS);
            ours.put(REASON, note.reason());
            ours.put(UNTIL, note.until());
        }
        return patch;
    }

    /// Takes the word with it that was left about the pause.
    public static ObjectNode end(ObjectNode config) {
        ObjectNode patch = Body.empty();
        patch.putNull("pause");
        if (hasNote(config)) {
            List<String> left = new ArrayList<>();
            config.path(OURS).fieldNames().forEachRemaining(left::add);
            left.removeAll(List.of(REASON, UNTIL));
            if (left.isEmpty()) {
                patch.putNull(OURS);
            } else {
                ObjectNode ours = patch.putObject(OURS);
                ours.putNull(REASON);
                ours.putNull(UNTIL);
            }
        }
        return patch;
    }

    private static boolean hasNote(ObjectNode config) {
        JsonNode ours = config.path(OURS);
        return ours.has(REASON) || ours.has(UNTIL);
    }
}
