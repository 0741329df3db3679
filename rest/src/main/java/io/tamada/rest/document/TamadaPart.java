package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tamada.core.cluster.PauseNote;
import io.tamada.core.decision.RuleId;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.Storage;
import io.tamada.rest.health.HealthVerdict;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The `tamada` object that our documents add to Patroni's: which rule is in force, why this
/// member may not lead, why a check has failed.
final class TamadaPart {

    private TamadaPart() {}

    /// @param status the server's own words, where they are told; no older than they.
    static void write(
            JsonGenerator json,
            DocumentHeader header,
            @Nullable Snapshot snapshot,
            @Nullable ServerStatus status,
            HealthVerdict verdict)
            throws IOException {
        json.writeObjectFieldStart("tamada");
        json.writeStringField("version", header.productVersion());
        json.writeStringField("member", header.member().value());
        if (!verdict.isHealthy()) {
            json.writeStringField("unhealthy", verdict.sentence());
        }
        if (status != null && status.replaysOwn()) {
            // Peers hold back whom they know to be behind even this.
            json.writeObjectFieldStart("replays_own_wal");
            json.writeNumberField("reached", status.position().value());
            json.writeEndObject();
        }
        if (snapshot != null) {
            RuleId rule = snapshot.decision().rule();
            json.writeObjectFieldStart("rule");
            json.writeStringField("code", rule.code());
            json.writeStringField("sentence", rule.sentence());
            json.writeStringField("because", snapshot.decision().because());
            json.writeEndObject();
            if (snapshot.config().pause()) {
                pause(json, snapshot.config().pauseNote());
            }
            if (snapshot.whyNot() != null) {
                json.writeStringField("why_not", snapshot.whyNot());
            }
            rung(json, "guard", snapshot.fencing().guard());
            rung(json, "watchdog", snapshot.fencing().watchdog());
            storage(json, snapshot.postgres().storage());
            if (snapshot.postgres().status() != null) {
                SlotDocuments.write(json, snapshot.postgres().status());
            }
            RejoinPart.write(json, snapshot);
            ReplicationPart.write(json, snapshot.postgres().status());
            if (snapshot.storeFailure() != null) {
                json.writeStringField("store_failure", snapshot.storeFailure());
            }
        }
        json.writeEndObject();
    }

    private static void pause(JsonGenerator json, PauseNote note) throws IOException {
        if (note.equals(PauseNote.NONE)) {
            return;
        }
        json.writeObjectFieldStart("pause");
        if (note.reason() != null) {
            json.writeStringField("reason", note.reason());
        }
        if (note.until() != null) {
            json.writeStringField("until", note.until());
        }
        json.writeEndObject();
    }

    private static void rung(JsonGenerator json, String name, FencingStatus.Rung rung)
            throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("mode", lowerCase(rung.mode()));
        json.writeStringField("state", lowerCase(rung.state()));
        if (rung.reason() != null) {
            json.writeStringField("reason", rung.reason());
        }
        if (rung.kills() > 0) {
            json.writeNumberField("kills", rung.kills());
        }
        if (rung.repairs() > 0) {
            json.writeNumberField("repairs", rung.repairs());
        }
        json.writeEndObject();
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void storage(JsonGenerator json, Storage storage) throws IOException {
        if (storage.equals(Storage.UNPROBED)) {
            return;
        }
        json.writeObjectFieldStart("storage");
        if (storage.trouble() != null) {
            json.writeStringField("trouble", storage.trouble());
        }
        if (storage.data() != null) {
            json.writeNumberField("free_bytes", storage.data().freeBytes());
            json.writeNumberField("total_bytes", storage.data().totalBytes());
        }
        if (storage.wal() != null) {
            json.writeNumberField("wal_free_bytes", storage.wal().freeBytes());
            json.writeNumberField("wal_total_bytes", storage.wal().totalBytes());
        }
        json.writeEndObject();
    }
}
