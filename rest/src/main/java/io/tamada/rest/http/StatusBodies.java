package io.tamada.rest.http;

import io.tamada.core.loop.Snapshot;
import io.tamada.core.postgres.ProbeBoard.Reading;
import io.tamada.rest.document.StatusDocument;
import io.tamada.rest.document.StatusFacts;
import io.tamada.rest.health.HealthVerdict;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Keeps the rendered status documents of the current state of things, one for each verdict, so
/// that a health check costs no rendering: the loop and the probe change what it says once or
/// twice a second, load balancers ask far more often.
final class StatusBodies {

    /// Everything a body is made of; the snapshot and the reading count by identity.
    private record Rendered(StatusFacts facts, ConcurrentMap<HealthVerdict, byte[]> bodies) {

        boolean isOf(StatusFacts now) {
            return same(facts.snapshot(), now.snapshot())
                    && same(facts.reading(), now.reading())
                    && (facts.status() == null) == (now.status() == null)
                    && facts.leads() == now.leads()
                    && facts.dcsLastSeen() == now.dcsLastSeen()
                    && facts.logQueueSize() == now.logQueueSize()
                    && facts.logRecordsLost() == now.logRecordsLost();
        }

        @SuppressWarnings("ReferenceEquality") // They are published once and never change.
        private static boolean same(@Nullable Snapshot a, @Nullable Snapshot b) {
            return a == b;
        }

        @SuppressWarnings("ReferenceEquality")
        private static boolean same(@Nullable Reading a, @Nullable Reading b) {
            return a == b;
        }
    }

    private final AtomicReference<@Nullable Rendered> current = new AtomicReference<>();

    byte[] of(StatusFacts facts, HealthVerdict verdict) {
        Rendered rendered = current.get();
        if (rendered == null || !rendered.isOf(facts)) {
            rendered = new Rendered(facts, new ConcurrentHashMap<>());
            current.set(rendered);
        }
        byte[] body = rendered.bodies().get(verdict);
        if (body == null) {
            body = StatusDocument.of(facts, verdict);
            rendered.bodies().put(verdict, body);
        }
        return body;
    }
}
