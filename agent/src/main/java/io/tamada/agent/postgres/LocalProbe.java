package io.tamada.agent.postgres;

import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.Sessions.Kind;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Timeline;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the local server for its status over one kept connection. For one thread, but for
/// {@link #complaint}.
final class LocalProbe {

    private static final Logger LOG = LoggerFactory.getLogger(LocalProbe.class);

    private static final Duration ANSWER_WITHIN = Duration.ofMillis(1500);

    private final PostgresSettings settings;
    private final Sessions sessions;
    private final StatusQuery query;
    private @Nullable Connection connection;
    private @Nullable Postmaster connectedTo;
    private volatile String complaint = "";

    LocalProbe(PostgresSettings settings, Sessions sessions, TimelineFiles timelines) {
        this.settings = settings;
        this.sessions = sessions;
        this.query = new StatusQuery(timelines);
    }

    /// Why the server did not answer lately; empty when it did.
    String complaint() {
        return complaint;
    }

    /// @param stopping whether a failure is no news, because the server is being stopped.
    /// @return null when the server does not answer.
    @Nullable ServerStatus ask(
            Postmaster running,
            Monotonic askedAt,
            StatusQuery.Wanted wanted,
            BooleanSupplier stopping) {
        if (running != connectedTo) {
            // Kept from a former run of the server: broken, whatever it looks like.
            disconnect();
            connectedTo = running;
        }
        try {
            Connection open = connection;
            if (open == null) {
                open = sessions.local(settings.roles().superuser(), Kind.ORDINARY, ANSWER_WITHIN);
                connection = open;
            }
            ServerStatus answer = query.ask(open, askedAt, wanted);
            if (query.isTimelineGuessed(answer) && !answer.streaming()) {
                learnTimeline(answer);
                answer = query.ask(open, askedAt, wanted);
            }
            if (!complaint.isEmpty()) {
                complaint = "";
                LOG.info("PostgreSQL answers again");
            }
            return answer;
        } catch (SQLException failure) {
            disconnect();
            if (!stopping.getAsBoolean()) {
                complain(
                        Sessions.explain(
                                failure,
                                settings.roles().superuser(),
                                "superuser",
                                sessions.localAddress()));
            }
            return null;
        }
    }

    /// A standby without a WAL receiver tells its exact timeline in the replication protocol
    /// only.
    private void learnTimeline(ServerStatus answer) {
        Role role = settings.roles().superuser();
        try (Connection replication = sessions.local(role, Kind.REPLICATION, ANSWER_WITHIN);
                Statement statement = replication.createStatement();
                ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
            row.next();
            query.learn(new Timeline(row.getInt("timeline")), answer);
        } catch (SQLException refused) {
            LOG.debug("IDENTIFY_SYSTEM on the local server: {}", refused.getMessage());
            query.learn(answer.timeline(), answer);
        }
    }

    /// Says it once.
    void complain(String text) {
        if (!text.equals(complaint)) {
            complaint = text;
            LOG.warn("PostgreSQL does not answer: {}", text);
        }
    }

    void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException alreadyBroken) {
                LOG.debug("A broken connection could not be closed", alreadyBroken);
            }
        }
    }
}
