package io.tamada.rest.http;

import io.tamada.rest.health.HealthCheck;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What stands behind a path. Paths are matched whole, unlike Patroni's, where `/x-primary-y` is
/// a health check too; one trailing slash is forgiven.
///
/// @param read what GET, HEAD and OPTIONS answer; null when the path only takes commands.
/// @param commands the verbs that change something.
public record Route(@Nullable Read read, List<String> commands) {

    /// What can be read.
    public sealed interface Read {}

    public record Health(HealthCheck check) implements Read {}

    public record Document(Kind kind) implements Read {}

    public enum Kind {
        STATUS,
        CLUSTER,
        HISTORY,
        CONFIG,
        METRICS,
        FAILSAFE,
        EVENTS,
        WHY
    }

    public Route {
        commands = List.copyOf(commands);
    }

    /// The route of a decoded path, or null when there is nothing.
    public static @Nullable Route of(String path) {
        String whole =
                path.length() > 2 && path.endsWith("/")
                        ? path.substring(0, path.length() - 1)
                        : path;
        return switch (whole) {
            case "/", "/primary", "/read-write", "/master" -> health(HealthCheck.PRIMARY);
            case "/leader" -> health(HealthCheck.LEADER);
            case "/standby-leader", "/standby_leader" -> health(HealthCheck.STANDBY_LEADER);
            case "/replica" -> health(HealthCheck.REPLICA);
            case "/read-only" -> health(HealthCheck.READ_ONLY);
            case "/sync", "/synchronous" -> health(HealthCheck.SYNC);
            case "/read-only-sync", "/read-only-synchronous" -> health(HealthCheck.READ_ONLY_SYNC);
            case "/quorum" -> health(HealthCheck.QUORUM);
            case "/read-only-quorum" -> health(HealthCheck.READ_ONLY_QUORUM);
            case "/async", "/asynchronous" -> health(HealthCheck.ASYNC);
            case "/health" -> health(HealthCheck.HEALTH);
            case "/liveness" -> health(HealthCheck.LIVENESS);
            case "/readiness" -> health(HealthCheck.READINESS);
            case "/patroni" -> document(Kind.STATUS);
            case "/cluster" -> document(Kind.CLUSTER);
            case "/history" -> document(Kind.HISTORY);
            case "/events" -> document(Kind.EVENTS);
            case "/why" -> document(Kind.WHY);
            case "/metrics" -> document(Kind.METRICS);
            case "/config" -> document(Kind.CONFIG, "PATCH", "PUT");
            case "/failsafe" -> document(Kind.FAILSAFE, "POST");
            case "/switchover", "/restart" -> new Route(null, List.of("POST", "DELETE"));
            case "/failover", "/reload", "/reinitialize" -> new Route(null, List.of("POST"));
            default -> null;
        };
    }

    private static Route health(HealthCheck check) {
        return new Route(new Health(check), List.of());
    }

    private static Route document(Kind kind, String... commands) {
        return new Route(new Document(kind), List.of(commands));
    }

    /// The value of the header `Allow`.
    public String allowed() {
        String reads = read == null ? "" : "GET, HEAD, OPTIONS";
        String changes = String.join(", ", commands);
        return reads.isEmpty() || changes.isEmpty() ? reads + changes : reads + ", " + changes;
    }
}
