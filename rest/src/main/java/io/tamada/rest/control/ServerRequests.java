package io.tamada.rest.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.loop.SnapshotBoard;
import io.tamada.core.order.Order;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.order.OrderBoard.Outcome;
import io.tamada.core.order.OrderBoard.Ticket;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.ServerStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/restart` and `/reinitialize`: what is asked of this member's own server. The loop does it; who
/// asks for a restart waits for what came of it.
final class ServerRequests {

    private static final Logger LOG = LoggerFactory.getLogger(ServerRequests.class);

    /// A restart that has not ended then is reported as failed, though it may still end well.
    private static final Duration RESTART_WITHIN = Duration.ofMinutes(10);

    private static final String NO_TIMEOUT = "Timeout should be a positive number of seconds";

    private final SnapshotBoard snapshots;
    private final OrderBoard orders;
    private final TimeSource time;
    private final Waiting waits;
    private final Runnable wake;
    private final RestartSchedule planned;

    ServerRequests(
            SnapshotBoard snapshots,
            OrderBoard orders,
            TimeSource time,
            Waiting waits,
            Runnable wake,
            RestartSchedule planned) {
        this.planned = planned;
        this.snapshots = snapshots;
        this.orders = orders;
        this.time = time;
        this.waits = waits;
        this.wake = wake;
    }

    /// What a restart is bound to. Null parts are no condition.
    private record Filter(
            boolean ifPending,
            @Nullable String role,
            @Nullable Integer belowVersion,
            @Nullable Duration patience) {}

    Reply restart(ObjectNode body) {
        LOG.debug("received restart request: {}", body);
        Snapshot now = snapshots.latest();
        if (now == null) {
            return Reply.sentence(503, "the agent has just started");
        }
        if (body.has("schedule") && now.config().pause()) {
            return Reply.sentence(500, "Can't schedule restart in the paused state");
        }
        String mistake = mistake(body);
        if (mistake != null) {
            return Reply.sentence(400, mistake);
        }
        String when = Body.text(body, "schedule");
        if (when != null) {
            return plan(when, body, now);
        }
        if (!isMet(filter(body), now)) {
            return Reply.sentence(503, "restart conditions are not satisfied");
        }
        Ticket ticket = orders.place(new Order.Restart(filter(body).patience()), time.now());
        if (ticket == null) {
            return Reply.sentence(503, underWay());
        }
        wake.run();
        return switch (await(ticket, RESTART_WITHIN)) {
            case Outcome.Done() -> Reply.sentence(200, "restarted successfully");
            case Outcome.Failed(String reason) -> {
                LOG.warn("the restart has failed: {}", reason);
                yield Reply.sentence(503, "restart failed");
            }
        };
    }

    private Reply plan(String when, ObjectNode body, Snapshot now) {
        return switch (Schedule.parse(when, "restart", Instant.now())) {
            case Schedule.Refused(Reply reply) -> reply;
            case Schedule.At(OffsetDateTime time) -> plan(time, body, now);
        };
    }

    private Reply plan(OffsetDateTime time, ObjectNode body, Snapshot now) {
        ObjectNode conditions = body.deepCopy();
        conditions.remove("schedule");
        ServerStatus status = now.postgres().status();
        RestartSchedule.Entry entry =
                new RestartSchedule.Entry(
                        time, conditions, status == null ? "" : status.postmasterStart());
        if (!planned.place(entry, () -> due(entry))) {
            return Reply.sentence(409, "Another restart is already scheduled");
        }
        LOG.info("a restart is scheduled for {}", time);
        return Reply.sentence(202, "Restart scheduled");
    }

    /// The scheduled time has come.
    private void due(RestartSchedule.Entry entry) {
        Snapshot now = snapshots.latest();
        ServerStatus status = now == null ? null : now.postgres().status();
        String why = null;
        if (now == null || now.config().pause()) {
            why = "the cluster is paused";
        } else if (status != null && !status.postmasterStart().equals(entry.postmasterStart())) {
            why = "the server was restarted since it was scheduled";
        } else if (!isMet(filter(entry.conditions()), now)) {
            why = "restart conditions are not satisfied";
        } else if (orders.place(
                        new Order.Restart(filter(entry.conditions()).patience()), time.now())
                == null) {
            why = underWay();
        }
        if (why == null) {
            LOG.info("the scheduled restart begins");
            wake.run();
        } else {
            LOG.warn("the scheduled restart is left out: {}", why);
        }
    }

    Reply forget() {
        return planned.cancel()
                ? Reply.sentence(200, "scheduled restart deleted")
                : Reply.sentence(404, "no restarts are scheduled");
    }

    private String underWay() {
        Ticket other = orders.latest();
        return other != null && other.order() instanceof Order.Reinitialize
                ? "reinitialize already in progress"
                : "restart already in progress";
    }

    private Outcome await(Ticket ticket, Duration patience) {
        Waiting.Deadline deadline = waits.until(patience);
        do {
            Ticket now = orders.latest();
            if (now != null && now.at().equals(ticket.at()) && now.outcome() != null) {
                return now.outcome();
            }
        } while (deadline.pause());
        Outcome late = new Outcome.Failed("no result within " + patience);
        orders.end(late);
        return late;
    }

    private static @Nullable String mistake(ObjectNode body) {
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            String value = field.getValue().asText();
            switch (field.getKey()) {
                case "role" -> {
                    if (role(value) == null) {
                        return "PostgreSQL role should be either primary, standby_leader, or"
                                + " replica";
                    }
                }
                case "postgres_version" -> {
                    if (version(value) == null) {
                        return "Invalid PostgreSQL version: "
                                + value
                                + ". The only acceptable"
                                + " formats are X.Y or X";
                    }
                }
                case "timeout" -> {
                    if (seconds(value) == null) {
                        return NO_TIMEOUT;
                    }
                }
                case "restart_pending", "schedule" -> {
                    // Anything is true or false; times are looked at later.
                }
                default -> {
                    return "Unknown filter for the scheduled restart: " + field.getKey();
                }
            }
        }
        return null;
    }

    private static Filter filter(ObjectNode body) {
        String role = Body.text(body, "role");
        String version = Body.text(body, "postgres_version");
        String timeout = Body.text(body, "timeout");
        return new Filter(
                Body.truth(body, "restart_pending"),
                role == null ? null : role(role),
                version == null ? null : version(version),
                timeout == null ? null : seconds(timeout));
    }

    private static @Nullable String role(String text) {
        return switch (text) {
            case "master", "primary" -> "primary";
            case "standby_leader", "replica" -> text;
            default -> null;
        };
    }

    /// As `server_version_num`; null when it cannot be read. PostgreSQL 10 and later have two
    /// parts.
    private static @Nullable Integer version(String text) {
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){0,2}")) {
            return null;
        }
        String[] parts = text.split("\\.", -1);
        int major = Integer.parseInt(parts[0]);
        int minor = parts.length < 2 ? 0 : Integer.parseInt(parts[1]);
        int patch = parts.length < 3 ? 0 : Integer.parseInt(parts[2]);
        if (major < 10) {
            return major * 10_000 + minor * 100 + patch;
        }
        return parts.length > 2 ? null : (Integer) (major * 10_000 + minor);
    }

    private static @Nullable Duration seconds(String text) {
        Duration patience = Durations.parse(text);
        return patience == null || !patience.isPositive() ? null : patience;
    }

    private static boolean isMet(Filter filter, Snapshot now) {
        ServerStatus status = now.postgres().status();
        String role =
                status != null && !status.inRecovery()
                        ? "primary"
                        : now.lease() instanceof LeaderLease.Held ? "standby_leader" : "replica";
        boolean pending = status != null && status.pendingRestart();
        boolean older =
                filter.belowVersion() == null
                        || (status != null && status.serverVersion() < filter.belowVersion());
        return (!filter.ifPending() || pending)
                && (filter.role() == null || filter.role().equals(role))
                && older;
    }

    Reply reinitialize(ObjectNode body) {
        Snapshot now = snapshots.latest();
        ClusterView view = now == null ? null : now.view();
        if (now == null || view == null || view.leader() == null) {
            return Reply.sentence(503, "Cluster has no leader, can not reinitialize");
        }
        if (now.lease() instanceof LeaderLease.Held || now.postgres().isPrimary()) {
            return Reply.sentence(503, "I am the leader, can not reinitialize");
        }
        boolean fromLeader = Body.truth(body, "from-leader") || Body.truth(body, "from_leader");
        Ticket ticket = orders.place(new Order.Reinitialize(fromLeader), time.now());
        if (ticket == null && Body.truth(body, "force")) {
            orders.end(new Outcome.Failed("called off: a new copy is asked for"));
            ticket = orders.place(new Order.Reinitialize(fromLeader), time.now());
        }
        if (ticket == null) {
            return Reply.sentence(503, underWay());
        }
        wake.run();
        return Reply.sentence(200, "reinitialize started");
    }
}
