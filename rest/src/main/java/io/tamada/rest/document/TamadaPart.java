package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tamada.core.decision.RuleId;
import io.tamada.core.loop.Snapshot;
import io.tamada.rest.health.HealthVerdict;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The `tamada` object that our documents add to Patroni's: which rule is in force, why this
/// member may not lead, why a check has failed.
final class TamadaPart {

    private TamadaPart() {}

    static void write(
            JsonGenerator json,
            DocumentHeader header,
            @Nullable Snapshot snapshot,
            HealthVerdict verdict)
            throws IOException {
        json.writeObjectFieldStart("tamada");
        json.writeStringField("version", header.productVersion());
        json.writeStringField("member", header.member().value());
        if (!verdict.isHealthy()) {
            json.writeStringField("unhealthy", verdict.sentence());
        }
        if (snapshot != null) {
            RuleId rule = snapshot.decision().rule();
            json.writeObjectFieldStart("rule");
            json.writeStringField("code", rule.code());
            json.writeStringField("sentence", rule.sentence());
            json.writeStringField("because", snapshot.decision().because());
            json.writeEndObject();
            if (snapshot.whyNot() != null) {
                json.writeStringField("why_not", snapshot.whyNot());
            }
            if (snapshot.storeFailure() != null) {
                json.writeStringField("store_failure", snapshot.storeFailure());
            }
        }
        json.writeEndObject();
    }
}
