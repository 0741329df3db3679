package io.tamada.rest.document;

import io.tamada.core.decision.RuleId;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.ReplicationConnection;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.rest.health.HealthFacts.SyncRole;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The metrics: Patroni's, name by name, and ours, which begin with `tamada_`.
public final class MetricsDocument {

    private MetricsDocument() {}

    /// @param term the write deadline, or null when this member does not lead.
    public static byte[] of(StatusFacts facts, WriteDeadline.@Nullable Term term, Monotonic now) {
        Metrics metrics =
                new Metrics(
                        Metrics.label("scope", facts.header().scope())
                                + ","
                                + Metrics.label("name", facts.header().member().value()));
        patroni(metrics, facts);
        positions(metrics, facts.status());
        replication(metrics, facts);
        cluster(metrics, facts);
        tamada(metrics, facts, term, now);
        return metrics.bytes();
    }

    private static void patroni(Metrics metrics, StatusFacts facts) {
        ServerStatus status = facts.status();
        gauge(
                metrics,
                "patroni_version",
                "Version of the Patroni API that is spoken, two digits a part.",
                paddedVersion(facts.header().patroniVersion()));
        gauge(
                metrics,
                "patroni_postgres_running",
                "1 if PostgreSQL is running, 0 otherwise.",
                flag(facts.state().equals("running")));
        gauge(
                metrics,
                "patroni_postmaster_start_time",
                "When PostgreSQL was started, in seconds since 1970.",
                status == null ? "0" : seconds(status.postmasterStart()));
        gauge(
                metrics,
                "patroni_primary",
                "1 if this member runs as the primary, 0 otherwise.",
                flag(facts.role().equals("primary")));
        gauge(
                metrics,
                "patroni_standby_leader",
                "1 if this member leads a standby cluster, 0 otherwise.",
                flag(facts.role().equals("standby_leader")));
        gauge(
                metrics,
                "patroni_replica",
                "1 if this member is a replica, 0 otherwise.",
                flag(facts.role().equals("replica")));
        gauge(
                metrics,
                "patroni_sync_standby",
                "1 if this member is a synchronous standby, 0 otherwise.",
                flag(facts.syncRole() == SyncRole.SYNC));
        gauge(
                metrics,
                "patroni_quorum_standby",
                "1 if this member is a quorum standby, 0 otherwise.",
                flag(facts.syncRole() == SyncRole.QUORUM));
    }

    private static void positions(Metrics metrics, @Nullable ServerStatus status) {
        ServerStatus standby = status != null && status.inRecovery() ? status : null;
        Lsn replayed = standby == null ? null : standby.replayed();
        Lsn received = standby == null ? null : standby.received();
        counter(
                metrics,
                "patroni_xlog_location",
                "Position in the write-ahead log in bytes, 0 if this is no primary.",
                bytes(status == null || standby != null ? null : status.written()));
        counter(
                metrics,
                "patroni_xlog_received_location",
                "Received position in bytes, 0 if this is no replica.",
                bytes(received == null ? replayed : received));
        counter(
                metrics,
                "patroni_xlog_replayed_location",
                "Replayed position in bytes, 0 if this is no replica.",
                bytes(replayed));
        String timestamp = standby == null ? null : standby.replayTimestamp();
        gauge(
                metrics,
                "patroni_xlog_replayed_timestamp",
                "Commit time of the last replayed transaction in seconds since 1970, or 0.",
                timestamp == null ? "0" : seconds(timestamp));
        gauge(
                metrics,
                "patroni_xlog_paused",
                "1 if replay is paused, 0 otherwise.",
                flag(standby != null && standby.replayPaused()));
    }

    private static void replication(Metrics metrics, StatusFacts facts) {
        ServerStatus status = facts.status();
        gauge(
                metrics,
                "patroni_postgres_streaming",
                "1 if PostgreSQL streams from another member, 0 otherwise.",
                flag("streaming".equals(facts.replicationState())));
        gauge(
                metrics,
                "patroni_postgres_in_archive_recovery",
                "1 if PostgreSQL replicates from the archive, 0 otherwise.",
                flag("in archive recovery".equals(facts.replicationState())));
        gauge(
                metrics,
                "patroni_postgres_server_version",
                "Version number of PostgreSQL if it is running, 0 otherwise.",
                status == null ? "0" : Integer.toString(status.serverVersion()));
        counter(
                metrics,
                "patroni_postgres_timeline",
                "Timeline of PostgreSQL if it is running, 0 otherwise.",
                status == null ? "0" : status.timeline().toString());
        gauge(
                metrics,
                "patroni_pending_restart",
                "1 if PostgreSQL needs a restart, 0 otherwise.",
                flag(status != null && status.pendingRestart()));
        MemberState state =
                facts.reading() == null || facts.state().equals(PatroniWords.UNKNOWN)
                        ? null
                        : facts.reading().state();
        gauge(
                metrics,
                "patroni_postgres_state",
                "State of PostgreSQL as Patroni numbers it, 5 is running, -1 is unknown.",
                state == null ? "-1" : Integer.toString(PatroniWords.number(state)));
    }

    private static void cluster(Metrics metrics, StatusFacts facts) {
        gauge(
                metrics,
                "patroni_cluster_unlocked",
                "1 if nobody holds the leader key, 0 otherwise.",
                flag(facts.clusterUnlocked()));
        gauge(
                metrics,
                "patroni_failsafe_mode_is_active",
                "1 if failsafe mode keeps the leader, 0 otherwise.",
                flag(facts.failsafeActive()));
        gauge(
                metrics,
                "patroni_dcs_last_seen",
                "When the store last answered, in seconds since 1970.",
                Long.toString(facts.dcsLastSeen()));
        gauge(
                metrics,
                "patroni_is_paused",
                "1 if the cluster is paused, 0 otherwise.",
                flag(facts.paused()));
    }

    private static void tamada(
            Metrics metrics, StatusFacts facts, WriteDeadline.@Nullable Term term, Monotonic now) {
        gauge(
                metrics,
                "tamada_lease_remaining_seconds",
                "How long this member may still write, 0 if it does not lead.",
                term == null ? "0" : remaining(now.until(term.mayWriteUntil())));
        Snapshot snapshot = facts.snapshot();
        if (snapshot != null) {
            loop(metrics, snapshot, now);
            StorageMetrics.write(metrics, snapshot.postgres().storage());
            RejoinPart.metrics(metrics, snapshot);
        }
        ServerStatus status = facts.status();
        if (status != null) {
            SlotDocuments.write(metrics, status);
        }
        if (status != null && !status.inRecovery() && status.written() != null) {
            lags(metrics, status, status.written());
        }
    }

    private static void loop(Metrics metrics, Snapshot snapshot, Monotonic now) {
        counter(
                metrics,
                "tamada_ticks_total",
                "Rounds of the loop since the agent was started.",
                Long.toString(snapshot.ticks()));
        gauge(
                metrics,
                "tamada_last_tick_age_seconds",
                "Time since the loop ended its last round.",
                remaining(snapshot.at().until(now)));
        counter(
                metrics,
                "tamada_leader_changes_total",
                "How often this agent has seen the leader change.",
                Long.toString(snapshot.leaderChanges()));
        if (snapshot.viewAt() != null) {
            gauge(
                    metrics,
                    "tamada_dcs_last_read_age_seconds",
                    "Time since the last good reading of the store was asked for.",
                    remaining(snapshot.viewAt().until(now)));
        }
        FencingMetrics.write(metrics, snapshot.fencing());
        RuleId rule = snapshot.decision().rule();
        metrics.gauge("tamada_rule_info", "The rule in force, by code and sentence.");
        metrics.sample(
                "tamada_rule_info",
                Metrics.label("code", rule.code())
                        + ","
                        + Metrics.label("sentence", rule.sentence()),
                "1");
    }

    /// One sample for each standby: connections that share name and address count as one, with
    /// the worst of their lags, because a sample may not occur twice.
    private static void lags(Metrics metrics, ServerStatus status, Lsn written) {
        SortedMap<String, Long> lagBytes = new TreeMap<>();
        for (ReplicationConnection standby : status.replication()) {
            Lsn reached = standby.replayed() == null ? standby.flushed() : standby.replayed();
            String address = standby.clientAddress() == null ? "" : standby.clientAddress();
            if (reached != null) {
                lagBytes.merge(
                        Metrics.label("application_name", standby.applicationName())
                                + ","
                                + Metrics.label("client_addr", address),
                        Math.max(0, written.bytesSince(reached)),
                        Math::max);
            }
        }
        String name = "tamada_replication_lag_bytes";
        if (!lagBytes.isEmpty()) {
            metrics.gauge(name, "How far a connected standby's replay is behind, in bytes.");
            lagBytes.forEach((labels, lag) -> metrics.sample(name, labels, Long.toString(lag)));
        }
        lagSeconds(metrics, status);
    }

    private static void lagSeconds(Metrics metrics, ServerStatus status) {
        SortedMap<String, Double> lagSeconds = new TreeMap<>();
        for (ReplicationConnection standby : status.replication()) {
            String address = standby.clientAddress() == null ? "" : standby.clientAddress();
            ReplicationPart.stages(standby)
                    .forEach(
                            (stage, how) -> {
                                if (how.lag() != null) {
                                    lagSeconds.merge(
                                            Metrics.label(
                                                            "application_name",
                                                            standby.applicationName())
                                                    + ","
                                                    + Metrics.label("client_addr", address)
                                                    + ","
                                                    + Metrics.label("stage", stage),
                                            ReplicationPart.seconds(how.lag()),
                                            Math::max);
                                }
                            });
        }
        if (!lagSeconds.isEmpty()) {
            String name = "tamada_replication_lag_seconds";
            metrics.gauge(name, "How long ago what a standby has confirmed was written here.");
            lagSeconds.forEach((labels, lag) -> metrics.sample(name, labels, Double.toString(lag)));
        }
    }

    private static void gauge(Metrics metrics, String name, String help, String value) {
        metrics.gauge(name, help).sample(name, value);
    }

    private static void counter(Metrics metrics, String name, String help, String value) {
        metrics.counter(name, help).sample(name, value);
    }

    private static String flag(boolean condition) {
        return condition ? "1" : "0";
    }

    private static String bytes(@Nullable Lsn position) {
        return position == null ? "0" : Long.toString(position.value());
    }

    private static String seconds(String timestamp) {
        return BigDecimal.valueOf(PostgresTimestamp.epochSeconds(timestamp)).toPlainString();
    }

    private static String remaining(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        return millis / 1000 + "." + String.valueOf(1000 + millis % 1000).substring(1);
    }

    /// `4.1.3` becomes `040103`, as Patroni writes its own.
    private static String paddedVersion(String version) {
        StringBuilder padded = new StringBuilder();
        for (String part : version.split("\\.", -1)) {
            if (part.length() < 2) {
                padded.append('0');
            }
            padded.append(part);
        }
        return padded.toString();
    }
}
