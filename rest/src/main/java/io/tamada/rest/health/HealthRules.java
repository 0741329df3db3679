package io.tamada.rest.health;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.rest.health.HealthFacts.SyncRole;
import io.tamada.rest.health.HealthParameters.LagOf;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The table of health checks.
///
/// A check for something writable asks two independent witnesses: the write deadline at the
/// moment of the request, and the server's own recent word that it is out of recovery. So neither
/// a frozen loop nor a promotion under way attracts writes.
public final class HealthRules {

    private HealthRules() {}

    public static HealthVerdict judge(
            HealthCheck check, HealthParameters parameters, HealthFacts facts) {
        if (check == HealthCheck.LIVENESS) {
            return liveness(facts);
        }
        if (facts.snapshot() == null) {
            return HealthVerdict.STARTING;
        }
        return switch (check) {
            case PRIMARY -> primary(facts);
            case LEADER -> leader(facts);
            case STANDBY_LEADER -> standbyLeader(facts);
            case HEALTH -> health(facts);
            case LIVENESS -> liveness(facts);
            case READINESS -> readiness(parameters, facts);
            case REPLICA -> tagged(replica(parameters, facts), parameters, facts);
            case READ_ONLY ->
                    tagged(writableOr(replica(parameters, facts), facts), parameters, facts);
            case SYNC, QUORUM, ASYNC -> tagged(listed(check, parameters, facts), parameters, facts);
            case READ_ONLY_SYNC ->
                    tagged(
                            writableOr(listed(HealthCheck.SYNC, parameters, facts), facts),
                            parameters,
                            facts);
            case READ_ONLY_QUORUM ->
                    tagged(
                            writableOr(listed(HealthCheck.QUORUM, parameters, facts), facts),
                            parameters,
                            facts);
        };
    }

    private static HealthVerdict primary(HealthFacts facts) {
        if (!facts.leads()) {
            return HealthVerdict.NOT_LEADER;
        }
        if (facts.standbyCluster()) {
            return HealthVerdict.STANDBY_CLUSTER;
        }
        ServerStatus status = facts.recentStatus();
        if (status == null) {
            return HealthVerdict.NO_RECENT_ANSWER;
        }
        if (status.inRecovery()) {
            return HealthVerdict.IN_RECOVERY;
        }
        return status.synchronous().gate() == ClientGate.SHUT
                ? HealthVerdict.GATE_SHUT
                : HealthVerdict.HEALTHY;
    }

    private static HealthVerdict leader(HealthFacts facts) {
        return facts.leads() ? HealthVerdict.HEALTHY : HealthVerdict.NOT_LEADER;
    }

    private static HealthVerdict standbyLeader(HealthFacts facts) {
        if (!facts.leads()) {
            return HealthVerdict.NOT_LEADER;
        }
        if (!facts.standbyCluster()) {
            return HealthVerdict.NO_STANDBY_CLUSTER;
        }
        ServerStatus status = facts.recentStatus();
        if (status == null) {
            return HealthVerdict.NO_RECENT_ANSWER;
        }
        return status.inRecovery() ? HealthVerdict.HEALTHY : HealthVerdict.NOT_IN_RECOVERY;
    }

    private static HealthVerdict replica(HealthParameters parameters, HealthFacts facts) {
        ServerStatus status = facts.recentStatus();
        if (status == null) {
            return HealthVerdict.NO_RECENT_ANSWER;
        }
        if (!status.inRecovery() || (facts.leads() && facts.standbyCluster())) {
            return HealthVerdict.NOT_IN_RECOVERY;
        }
        if (facts.tags().noLoadBalance()) {
            return HealthVerdict.NO_LOAD_BALANCE;
        }
        if (parameters.maximumLagBytes().isPresent()) {
            HealthVerdict lag =
                    lag(
                            parameters.maximumLagBytes().getAsLong(),
                            LagOf.REPLAYED,
                            status,
                            facts.view());
            if (!lag.isHealthy()) {
                return lag;
            }
        }
        Snapshot snapshot = facts.snapshot();
        String wanted = parameters.replicationState();
        if (wanted != null
                && !wanted.equals(
                        HealthFacts.replicationState(
                                status, snapshot == null ? null : snapshot.self()))) {
            return HealthVerdict.REPLICATION_STATE_DIFFERS;
        }
        return HealthVerdict.HEALTHY;
    }

    /// A bound on the lag needs the leader's position; while the store has never answered there
    /// is none. Zero means that no leader has published one, which bounds nothing.
    private static HealthVerdict lag(
            long maximumBytes, LagOf lagOf, ServerStatus status, @Nullable ClusterView view) {
        if (view == null) {
            return HealthVerdict.NO_CLUSTER_VIEW;
        }
        Lsn leader = view.status().optime();
        if (leader.equals(Lsn.ZERO)) {
            return HealthVerdict.HEALTHY;
        }
        Lsn replayed = status.replayed() == null ? Lsn.ZERO : status.replayed();
        Lsn received = status.received() == null ? replayed : status.received();
        Lsn own = lagOf == LagOf.RECEIVED ? received : replayed;
        return own.isBefore(leader) && leader.bytesSince(own) > maximumBytes
                ? HealthVerdict.LAGGING
                : HealthVerdict.HEALTHY;
    }

    private static HealthVerdict listed(
            HealthCheck check, HealthParameters parameters, HealthFacts facts) {
        Snapshot snapshot = facts.snapshot();
        if (snapshot == null || snapshot.view() == null) {
            return HealthVerdict.NO_CLUSTER_VIEW;
        }
        SyncRole role = HealthFacts.syncRole(snapshot, facts.self());
        if (check == HealthCheck.SYNC && role != SyncRole.SYNC) {
            return HealthVerdict.NOT_SYNC;
        }
        if (check == HealthCheck.QUORUM && role != SyncRole.QUORUM) {
            return HealthVerdict.NOT_QUORUM;
        }
        if (check == HealthCheck.ASYNC && role != SyncRole.ASYNC) {
            return HealthVerdict.NOT_ASYNC;
        }
        return replica(parameters, facts);
    }

    private static HealthVerdict writableOr(HealthVerdict standby, HealthFacts facts) {
        HealthVerdict writable = facts.standbyCluster() ? standbyLeader(facts) : primary(facts);
        return writable.isHealthy() ? writable : standby;
    }

    private static HealthVerdict tagged(
            HealthVerdict verdict, HealthParameters parameters, HealthFacts facts) {
        if (!verdict.isHealthy()) {
            return verdict;
        }
        for (Map.Entry<String, String> wanted : parameters.tags().entrySet()) {
            Object value = facts.tags().all().get(wanted.getKey());
            String text =
                    value instanceof String string
                            ? string
                            : String.valueOf(value).toLowerCase(Locale.ROOT);
            if (value == null || !text.equals(wanted.getValue())) {
                return HealthVerdict.TAG_DIFFERS;
            }
        }
        return verdict;
    }

    /// A server answers from memory for a long time after its disk has died. A slow disk is not
    /// dead, so the storage counts only after `storage_timeout`; and it does not count for
    /// `/primary`, because a leader whom somebody can replace has handed over by then, and one
    /// whom nobody can replace still serves what can be read.
    private static HealthVerdict health(HealthFacts facts) {
        if (facts.recentStatus() == null) {
            return HealthVerdict.NO_RECENT_ANSWER;
        }
        Snapshot snapshot = facts.snapshot();
        if (snapshot != null) {
            Monotonic since = snapshot.postgres().storage().troubledSince();
            Duration timeout = snapshot.config().storageTimeout();
            if (since != null && !timeout.isZero() && isLate(since, timeout, facts.now())) {
                return HealthVerdict.STORAGE_FAILS;
            }
        }
        return HealthVerdict.HEALTHY;
    }

    /// A leader whose loop stands still for a ttl has lost its lease; a standby may take twice as
    /// long. In pause the loop may stand still (Patroni's rule).
    private static HealthVerdict liveness(HealthFacts facts) {
        Snapshot snapshot = facts.snapshot();
        if (snapshot == null) {
            return isLate(facts.startedAt(), ClusterConfig.DEFAULTS.ttl(), facts.now())
                    ? HealthVerdict.LOOP_LATE
                    : HealthVerdict.HEALTHY;
        }
        if (snapshot.config().pause()) {
            return HealthVerdict.HEALTHY;
        }
        Duration ttl = snapshot.timing().ttl();
        ServerStatus status = facts.reading() == null ? null : facts.reading().status();
        boolean primary = facts.leads() || (status != null && !status.inRecovery());
        return isLate(snapshot.at(), primary ? ttl : ttl.multipliedBy(2), facts.now())
                ? HealthVerdict.LOOP_LATE
                : HealthVerdict.HEALTHY;
    }

    private static boolean isLate(Monotonic since, Duration limit, Monotonic now) {
        return now.isAtOrAfter(since.plus(limit));
    }

    private static HealthVerdict readiness(HealthParameters parameters, HealthFacts facts) {
        if (facts.leads()) {
            return HealthVerdict.HEALTHY;
        }
        ServerStatus status = facts.recentStatus();
        Snapshot snapshot = facts.snapshot();
        if (status == null || snapshot == null) {
            return HealthVerdict.NO_RECENT_ANSWER;
        }
        if (!status.inRecovery()) {
            return HealthVerdict.NOT_IN_RECOVERY;
        }
        if (!status.streaming()) {
            return HealthVerdict.NOT_STREAMING;
        }
        long limit =
                parameters.maximumLagBytes().orElse(snapshot.config().maximumLagOnFailoverBytes());
        return lag(limit, parameters.lagOf(), status, facts.view());
    }
}
