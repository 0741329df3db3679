package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.member.PendingRestart;
import java.io.IOException;
import java.util.Map;

/// That a restart is due, and why, as Patroni has it.
final class RestartPart {

    private static final JsonMapper JSON = new JsonMapper();

    private RestartPart() {}

    /// One that is scheduled, without the run of the server that is meant: as in Patroni, that
    /// stands in the member's record only.
    ///
    /// @param record a JSON object, as in the member's record.
    static void planned(JsonGenerator json, String record) throws IOException {
        json.writeFieldName("scheduled_restart");
        JsonNode plan = JSON.readTree(record);
        if (plan instanceof ObjectNode object) {
            object.remove("postmaster_start_time");
        }
        json.writeRawValue(plan.toString());
    }

    static void write(JsonGenerator json, PendingRestart restart) throws IOException {
        json.writeBooleanField("pending_restart", true);
        if (restart.changes().isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("pending_restart_reason");
        for (Map.Entry<String, PendingRestart.Change> change : restart.changes().entrySet()) {
            json.writeObjectFieldStart(change.getKey());
            json.writeStringField("old_value", change.getValue().oldValue());
            json.writeStringField("new_value", change.getValue().newValue());
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
