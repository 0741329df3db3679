package io.tamada.rest.http;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.loop.SnapshotBoard;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberTags;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.ProbeBoard;
import io.tamada.core.postgres.ProbeBoard.Reading;
import io.tamada.core.time.Monotonic;
import io.tamada.rest.AgentFacts;
import io.tamada.rest.RestSettings;
import io.tamada.rest.document.ClusterDocument;
import io.tamada.rest.document.DocumentHeader;
import io.tamada.rest.document.MetricsDocument;
import io.tamada.rest.document.SmallDocuments;
import io.tamada.rest.document.StatusFacts;
import io.tamada.rest.document.WhyDocument;
import io.tamada.rest.health.HealthFacts;
import io.tamada.rest.health.HealthFacts.LeaseCover;
import io.tamada.rest.health.HealthParameters;
import io.tamada.rest.health.HealthRules;
import io.tamada.rest.health.HealthVerdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The reading half of the API: GET, HEAD and OPTIONS. It looks at what others have hung up,
/// calls nobody and takes no lock, so it may run on an event loop.
public final class ReadApi {

    /// How long one who needs a new reading waits for it: less than a member in a race does.
    private static final Duration DEMAND_LIMIT = Duration.ofSeconds(1);

    private static final int USUAL_EVENTS = 100;

    private final DocumentHeader header;
    private final SnapshotBoard snapshots;
    private final ProbeBoard probe;
    private final WriteDeadline deadline;
    private final TimeSource time;
    private final AgentFacts agent;
    private final Monotonic startedAt;
    private final StatusBodies bodies = new StatusBodies();

    public ReadApi(
            RestSettings settings,
            SnapshotBoard snapshots,
            ProbeBoard probe,
            WriteDeadline deadline,
            TimeSource time,
            AgentFacts agent) {
        this.header =
                new DocumentHeader(
                        settings.scope(),
                        settings.member(),
                        settings.tags(),
                        settings.productVersion(),
                        settings.patroniVersion());
        this.snapshots = snapshots;
        this.probe = probe;
        this.deadline = deadline;
        this.time = time;
        this.agent = agent;
        this.startedAt = time.now();
    }

    Answer answer(Route.Read read, Target target) {
        return switch (read) {
            case Route.Health(var check) -> {
                Moment moment = moment();
                HealthVerdict verdict =
                        HealthRules.judge(
                                check, HealthParameters.of(target.query()), moment.health());
                yield Answer.json(
                        verdict.httpStatus(), bodies.of(status(moment.health()), verdict));
            }
            case Route.Document(var kind) -> document(kind, target);
        };
    }

    /// Lets the server be asked anew.
    ///
    /// @return the moment from which on a reading is new enough.
    Monotonic demandReading() {
        Monotonic asked = time.now();
        probe.demand();
        return asked;
    }

    boolean isReadSince(Monotonic moment) {
        Reading reading = probe.latest();
        return reading != null && !reading.askedAt().isBefore(moment);
    }

    boolean isLate(Monotonic demanded) {
        return demanded.until(time.now()).compareTo(DEMAND_LIMIT) >= 0;
    }

    /// The status document, which says nothing of PostgreSQL that was read before the moment.
    Answer statusReadSince(Monotonic demanded) {
        HealthFacts health = moment().health();
        Reading reading = health.reading();
        if (reading != null && reading.askedAt().isBefore(demanded)) {
            health = health.withReading(new Reading(null, reading.askedAt(), reading.state()));
        }
        return Answer.json(200, bodies.of(status(health), HealthVerdict.HEALTHY));
    }

    private Answer document(Route.Kind kind, Target target) {
        if (kind == Route.Kind.EVENTS) {
            return events(target.query().get("limit"));
        }
        Moment moment = moment();
        HealthFacts health = moment.health();
        return switch (kind) {
            case STATUS -> Answer.json(200, bodies.of(status(health), HealthVerdict.HEALTHY));
            case METRICS ->
                    new Answer(
                            200,
                            Answer.ContentType.METRICS,
                            MetricsDocument.of(status(health), moment.term(), health.now()),
                            null);
            case CLUSTER, HISTORY -> stored(kind, health, 503);
            case CONFIG, FAILSAFE -> stored(kind, health, 502);
            case WHY ->
                    health.snapshot() == null
                            ? Answer.error(503, HealthVerdict.NO_CLUSTER_VIEW.sentence())
                            : Answer.json(
                                    200, WhyDocument.of(header, health.snapshot(), agent.why()));
            case EVENTS -> throw new AssertionError(kind);
        };
    }

    private Answer events(@Nullable String limit) {
        if (limit != null && !limit.matches("[0-9]{1,6}")) {
            return Answer.error(400, "limit: expected a number of events, such as 100");
        }
        int most = limit == null ? USUAL_EVENTS : Integer.parseInt(limit);
        return Answer.json(200, SmallDocuments.events(agent.events().apply(most)));
    }

    /// What the store held when it was last read.
    private Answer stored(Route.Kind kind, HealthFacts health, int statusWithoutView) {
        Snapshot snapshot = health.snapshot();
        ClusterView view = health.view();
        if (snapshot == null || view == null) {
            return Answer.error(statusWithoutView, HealthVerdict.NO_CLUSTER_VIEW.sentence());
        }
        return switch (kind) {
            case CLUSTER -> Answer.json(200, ClusterDocument.of(header, snapshot, view));
            case HISTORY -> Answer.json(200, SmallDocuments.history(view.history()));
            case FAILSAFE ->
                    snapshot.config().failsafeMode()
                            ? Answer.json(200, SmallDocuments.failsafe(view))
                            : Answer.error(502, "failsafe mode is disabled");
            case CONFIG ->
                    view.config() == null
                            ? Answer.error(502, "there is no configuration in the store")
                            : Answer.json(200, SmallDocuments.config(view.config().json()));
            case STATUS, METRICS, EVENTS, WHY -> throw new AssertionError(kind);
        };
    }

    /// All that is known at one moment. The clock is read after the boards, so that nothing looks
    /// younger than it is.
    private record Moment(HealthFacts health, WriteDeadline.@Nullable Term term) {}

    private Moment moment() {
        Snapshot snapshot = snapshots.latest();
        Reading reading = probe.latest();
        WriteDeadline.Term term = deadline.current();
        Monotonic now = time.now();
        LeaseCover cover = deadline.covers(now) ? LeaseCover.MAY_WRITE : LeaseCover.MAY_NOT_WRITE;
        return new Moment(
                new HealthFacts(
                        header.member(), tags(snapshot), snapshot, reading, cover, now, startedAt),
                term);
    }

    /// As they are published: a reload may have changed them.
    private MemberTags tags(@Nullable Snapshot snapshot) {
        Member self = snapshot == null ? null : snapshot.self();
        return self == null ? header.tags() : self.tags();
    }

    private StatusFacts status(HealthFacts health) {
        return new StatusFacts(
                header.withTags(health.tags()),
                health.snapshot(),
                health.reading(),
                health.recentStatus(),
                health.leads(),
                agent.dcsLastSeenEpochSeconds().getAsLong(),
                agent.logQueueSize().getAsLong(),
                agent.logRecordsLost().getAsLong());
    }
}
