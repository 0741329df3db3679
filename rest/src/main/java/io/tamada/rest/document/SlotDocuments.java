package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.SlotState;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What `/cluster` and the metrics say of the local server's slots.
final class SlotDocuments {

    private static final String RETAINED = "tamada_slot_retained_bytes";

    private SlotDocuments() {}

    static void write(JsonGenerator json, ServerStatus status) throws IOException {
        if (status.slots().isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("slots");
        for (SlotState slot : status.slots()) {
            json.writeStartObject();
            json.writeStringField("name", slot.name());
            json.writeStringField("type", slot.physical() ? "physical" : "logical");
            json.writeBooleanField("active", slot.active());
            Long retained = retainedBytes(status, slot);
            if (retained != null) {
                json.writeNumberField("retained_bytes", retained);
            }
            if (slot.lost()) {
                json.writeBooleanField("lost", true);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static void write(Metrics metrics, ServerStatus status) {
        boolean any = false;
        for (SlotState slot : status.slots()) {
            Long retained = retainedBytes(status, slot);
            if (retained == null) {
                continue;
            }
            if (!any) {
                metrics.gauge(RETAINED, "WAL that a replication slot holds back, in bytes.");
                any = true;
            }
            metrics.sample(
                    RETAINED,
                    Metrics.label("slot", slot.name())
                            + ","
                            + Metrics.label("active", Boolean.toString(slot.active())),
                    Long.toString(retained));
        }
    }

    private static @Nullable Long retainedBytes(ServerStatus status, SlotState slot) {
        return slot.restartLsn() == null
                ? null
                : Math.max(0, status.position().bytesSince(slot.restartLsn()));
    }
}
