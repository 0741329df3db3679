package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.ReplicationConnection;
import io.tamada.core.wal.Lsn;
import io.tamada.rest.health.HealthVerdict;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The status of this member: `/patroni`, and the body of every health check.
///
/// Peers read it in a leader race, so it keeps Patroni's names and JSON types: positions are
/// numbers, absent things are left out.
public final class StatusDocument {

    /// A queue of this many log records is normal (Patroni shows longer ones only).
    private static final int NORMAL_LOG_QUEUE_SIZE = 2;

    private StatusDocument() {}

    /// @param verdict of the health check that is answered; healthy for `/patroni`.
    public static byte[] of(StatusFacts facts, HealthVerdict verdict) {
        return Json.bytes(json -> write(json, facts, verdict));
    }

    private static void write(JsonGenerator json, StatusFacts facts, HealthVerdict verdict)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("state", facts.state());
        ServerStatus status = facts.status();
        if (status == null) {
            json.writeStringField("role", facts.role());
        } else {
            server(json, facts, status);
        }
        if (facts.clusterUnlocked()) {
            json.writeBooleanField("cluster_unlocked", true);
        }
        if (facts.failsafeActive()) {
            json.writeBooleanField("failsafe_mode_is_active", true);
        }
        if (facts.paused()) {
            json.writeBooleanField("pause", true);
        }
        if (facts.unfenced()) {
            json.writeBooleanField("watchdog_failed", true);
        }
        json.writeNumberField("dcs_last_seen", facts.dcsLastSeen());
        Json.tags(json, facts.header().tags());
        SystemIdentifier system = facts.system();
        if (system != null) {
            json.writeStringField("database_system_identifier", system.value());
        }
        String planned = facts.scheduledRestart();
        if (planned != null) {
            RestartPart.planned(json, planned);
        }
        if (status != null && status.pendingRestart()) {
            RestartPart.write(json, status.restart());
        }
        json.writeObjectFieldStart("patroni");
        json.writeStringField("version", facts.header().patroniVersion());
        json.writeStringField("scope", facts.header().scope());
        json.writeStringField("name", facts.header().member().value());
        json.writeEndObject();
        if (facts.logQueueSize() > NORMAL_LOG_QUEUE_SIZE) {
            json.writeNumberField("logger_queue_size", facts.logQueueSize());
            if (facts.logRecordsLost() > 0) {
                json.writeNumberField("logger_records_lost", facts.logRecordsLost());
            }
        }
        TamadaPart.write(json, facts.header(), facts.snapshot(), status, verdict);
        json.writeEndObject();
    }

    private static void server(JsonGenerator json, StatusFacts facts, ServerStatus status)
            throws IOException {
        json.writeStringField(
                "postmaster_start_time", PostgresTimestamp.patroni(status.postmasterStart()));
        json.writeStringField("role", facts.role());
        json.writeNumberField("server_version", status.serverVersion());
        if (facts.tellsPosition()) {
            position(json, status);
        }
        switch (facts.syncRole()) {
            case SYNC -> json.writeBooleanField("sync_standby", true);
            case QUORUM -> json.writeBooleanField("quorum_standby", true);
            case ASYNC -> {}
        }
        json.writeNumberField("timeline", status.timeline().id());
        String replicationState = facts.replicationState();
        if (replicationState != null) {
            json.writeStringField("replication_state", replicationState);
        }
        replication(json, status.replication());
    }

    private static void position(JsonGenerator json, ServerStatus status) throws IOException {
        json.writeObjectFieldStart("xlog");
        if (status.inRecovery()) {
            Lsn replayed = orZero(status.replayed());
            Lsn received = status.received() == null ? replayed : status.received();
            json.writeNumberField("received_location", received.value());
            json.writeNumberField("replayed_location", replayed.value());
            json.writeFieldName("replayed_timestamp");
            String timestamp = status.replayTimestamp();
            json.writeString(timestamp == null ? null : PostgresTimestamp.patroni(timestamp));
            json.writeBooleanField("paused", status.replayPaused());
        } else {
            json.writeNumberField("location", orZero(status.written()).value());
        }
        json.writeEndObject();
    }

    private static void replication(JsonGenerator json, List<ReplicationConnection> connections)
            throws IOException {
        if (connections.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("replication");
        for (ReplicationConnection connection : connections) {
            json.writeStartObject();
            json.writeStringField("usename", connection.user());
            json.writeStringField("application_name", connection.applicationName());
            json.writeStringField("client_addr", connection.clientAddress());
            json.writeStringField("state", connection.state());
            json.writeStringField("sync_state", connection.syncState());
            json.writeNumberField("sync_priority", connection.syncPriority());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static Lsn orZero(@Nullable Lsn position) {
        return position == null ? Lsn.ZERO : position;
    }
}
