package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.member.RejoinNote;
import io.tamada.core.member.RejoinRung;
import io.tamada.core.rejoin.Progress;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Where a member stands on its way back: its rung, the reason, and how long nothing has moved.
final class RejoinPart {

    private RejoinPart() {}

    /// As another member tells it.
    static void write(JsonGenerator json, @Nullable RejoinNote note) throws IOException {
        if (note != null) {
            json.writeObjectFieldStart("rejoin");
            fields(json, note);
            json.writeEndObject();
        }
    }

    /// Our own.
    static void write(JsonGenerator json, Snapshot snapshot) throws IOException {
        RejoinNote note = snapshot.climb().note();
        if (note == null) {
            return;
        }
        json.writeObjectFieldStart("rejoin");
        fields(json, note);
        Progress progress = snapshot.climb().progress();
        if (progress != null) {
            json.writeNumberField("unchanged_seconds", unchangedSeconds(snapshot, progress));
        }
        json.writeEndObject();
    }

    private static void fields(JsonGenerator json, RejoinNote note) throws IOException {
        json.writeStringField("rung", note.rung().word());
        json.writeNumberField("attempt", note.attempt());
        json.writeStringField("reason", note.reason());
    }

    private static long unchangedSeconds(Snapshot snapshot, Progress progress) {
        return Math.max(0, progress.movedAt().until(snapshot.at()).toSeconds());
    }

    static void metrics(Metrics metrics, Snapshot snapshot) {
        RejoinNote note = snapshot.climb().note();
        Progress progress = snapshot.climb().progress();
        metrics.gauge("tamada_rejoin_rung", "1 for the rung of the way back that it stands on.");
        for (RejoinRung rung : RejoinRung.values()) {
            metrics.sample(
                    "tamada_rejoin_rung",
                    Metrics.label("rung", rung.word()),
                    note != null && note.rung() == rung ? "1" : "0");
        }
        metrics.gauge("tamada_rejoin_attempt", "The attempt of that rung, 0 when on none.")
                .sample(
                        "tamada_rejoin_attempt",
                        Integer.toString(note == null ? 0 : note.attempt()));
        metrics.gauge(
                        "tamada_rejoin_unchanged_seconds",
                        "How long what is watched on the way back has not moved.")
                .sample(
                        "tamada_rejoin_unchanged_seconds",
                        progress == null
                                ? "0"
                                : Long.toString(unchangedSeconds(snapshot, progress)));
    }
}
