package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tamada.core.member.PendingRestart;
import java.io.IOException;
import java.util.Map;

/// That a restart is due, and why, as Patroni has it.
final class RestartPart {

    private RestartPart() {}

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
