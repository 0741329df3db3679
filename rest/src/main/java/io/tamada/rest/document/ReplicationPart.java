package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.ReplicationConnection;
import io.tamada.core.wal.Lsn;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How far each connected standby is, as its upstream sees it: in bytes, and in seconds where
/// PostgreSQL says.
final class ReplicationPart {

    private ReplicationPart() {}

    /// Writes nothing for a server that does not answer or has no standbys and no gate.
    static void write(JsonGenerator json, @Nullable ServerStatus status) throws IOException {
        if (status == null) {
            return;
        }
        if (status.synchronous().gate() == ClientGate.SHUT) {
            json.writeBooleanField("client_gate_shut", true);
        }
        if (status.replication().isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("replication");
        for (ReplicationConnection standby : status.replication()) {
            json.writeStartObject();
            json.writeStringField("application_name", standby.applicationName());
            json.writeStringField("state", standby.state());
            json.writeStringField("sync_state", standby.syncState());
            for (Map.Entry<String, Stage> stage : stages(standby).entrySet()) {
                Lsn reached = stage.getValue().reached();
                Duration lag = stage.getValue().lag();
                if (reached != null) {
                    json.writeNumberField(
                            stage.getKey() + "_lag_bytes",
                            Math.max(0, status.position().bytesSince(reached)));
                }
                if (lag != null) {
                    json.writeNumberField(stage.getKey() + "_lag_seconds", seconds(lag));
                }
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    record Stage(@Nullable Lsn reached, @Nullable Duration lag) {}

    /// What a standby does with WAL, in that order.
    static Map<String, Stage> stages(ReplicationConnection standby) {
        Map<String, Stage> stages = new LinkedHashMap<>();
        stages.put("write", new Stage(standby.written(), standby.lag().write()));
        stages.put("flush", new Stage(standby.flushed(), standby.lag().flush()));
        stages.put("replay", new Stage(standby.replayed(), standby.lag().replay()));
        return stages;
    }

    static double seconds(Duration lag) {
        return lag.toNanos() / 1e9;
    }
}
