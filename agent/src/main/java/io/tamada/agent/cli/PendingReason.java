package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.rest.control.Body;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which parameters wait for a restart of a member's server, as the member has published it.
///
/// @param changes one line for each.
record PendingReason(List<String> changes) {

    /// Longer ones would tear the table.
    private static final int LONGEST = 50;

    PendingReason {
        changes = List.copyOf(changes);
    }

    /// @param document what the member has published.
    /// @return null when it gives no reason.
    static @Nullable PendingReason of(String document) {
        ObjectNode member = Body.parse(document);
        List<String> changes = new ArrayList<>();
        if (member != null) {
            for (Map.Entry<String, JsonNode> change :
                    member.path("pending_restart_reason").properties()) {
                changes.add(
                        "%s: %s->%s"
                                .formatted(
                                        change.getKey(),
                                        change.getValue().path("old_value").asText(""),
                                        change.getValue().path("new_value").asText("")));
            }
        }
        return changes.isEmpty() ? null : new PendingReason(changes);
    }

    String text(boolean forPeople) {
        return String.join(
                "\n",
                changes.stream()
                        .map(
                                change ->
                                        forPeople && change.length() > LONGEST
                                                ? change.substring(0, change.indexOf(':'))
                                                        + ": [hidden - too long]"
                                                : change)
                        .toList());
    }
}
