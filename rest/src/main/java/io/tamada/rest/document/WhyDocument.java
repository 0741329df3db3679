package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.decision.Decision;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.loop.Snapshot;
import io.tamada.rest.AgentFacts;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `GET /why`: what this member has decided and since when, who leads and why, and what speaks
/// against this member.
public final class WhyDocument {

    private static final int TERMS_SHOWN = 10;

    private WhyDocument() {}

    public static byte[] of(DocumentHeader header, Snapshot snapshot, AgentFacts.Why why) {
        return Json.bytes(
                json -> {
                    json.writeStartObject();
                    json.writeStringField("scope", header.scope());
                    json.writeStringField("member", header.member().value());
                    json.writeStringField("version", header.productVersion());
                    json.writeStringField(
                            "time",
                            why.clock().instant().truncatedTo(ChronoUnit.MILLIS).toString());
                    decision(json, snapshot.decision(), why.ruleSince().get());
                    json.writeBooleanField("leads", snapshot.lease() instanceof LeaderLease.Held);
                    ClusterView view = snapshot.view();
                    if (view != null && view.leader() != null) {
                        json.writeStringField("leader", view.leader().name().value());
                    }
                    if (snapshot.whyNot() != null) {
                        json.writeStringField("why_not", snapshot.whyNot());
                    }
                    if (snapshot.storeFailure() != null) {
                        json.writeStringField("store_failure", snapshot.storeFailure());
                    }
                    List<LeaderTerm> terms = why.terms().get();
                    json.writeArrayFieldStart("leaders");
                    for (LeaderTerm term :
                            terms.subList(Math.max(0, terms.size() - TERMS_SHOWN), terms.size())) {
                        term(json, term);
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                });
    }

    private static void decision(JsonGenerator json, Decision decision, @Nullable Instant since)
            throws IOException {
        json.writeObjectFieldStart("decision");
        json.writeStringField("rule", decision.rule().code());
        json.writeStringField("sentence", decision.rule().sentence());
        if (!decision.because().isEmpty()) {
            json.writeStringField("because", decision.because());
        }
        if (since != null) {
            json.writeStringField("since", since.truncatedTo(ChronoUnit.MILLIS).toString());
        }
        json.writeEndObject();
    }

    private static void term(JsonGenerator json, LeaderTerm term) throws IOException {
        json.writeStartObject();
        json.writeStringField("leader", term.leader().value());
        json.writeNumberField("timeline", term.timeline());
        turn(json, "began", term.began());
        if (term.ended() != null) {
            turn(json, "ended", term.ended());
        }
        json.writeEndObject();
    }

    private static void turn(JsonGenerator json, String name, LeaderTerm.Turn turn)
            throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("at", turn.at());
        json.writeStringField("rule", turn.rule());
        json.writeStringField("sentence", turn.sentence());
        if (!turn.because().isEmpty()) {
            json.writeStringField("because", turn.because());
        }
        json.writeEndObject();
    }
}
