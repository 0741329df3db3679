package io.tamada.agent.postgres;

import io.tamada.core.member.PendingRestart;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.ReplicationConnection;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The status query: everything in one round trip. For PostgreSQL 13 to 18.
final class StatusQuery {

    /// Whether a standby's positions tell all that it has. Its WAL receiver starts, and it waits
    /// for WAL, only when nothing more was found in its own (WaitForWALToBecomeAvailable in
    /// PostgreSQL's source; names of 13 to 18 alike). Asked before the positions, so that
    /// they are no older than the answer.
    private static final String REPLAY =
            """
            SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN 'told'
                        WHEN pg_catalog.pg_last_wal_receive_lsn() IS NOT NULL THEN 'told'
                        ELSE (SELECT CASE WHEN wait_event IN ('RecoveryWalStream',
                                              'RecoveryRetrieveRetryInterval')
                                          THEN 'waits ' ELSE 'works ' END
                                     || pid || ' ' || coalesce(backend_start::text, '')
                                FROM pg_catalog.pg_stat_activity
                               WHERE backend_type = 'startup' LIMIT 1) END AS replay;
            """;

    /// One row. That a WAL position for writing exists is what "not in recovery" means here: one
    /// fact, read once, so that a promotion in the middle cannot give two answers.
    private static final String SERVER =
            """
            SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL
                        ELSE pg_catalog.pg_current_wal_flush_lsn() END::text AS written,
                   CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL
                        ELSE pg_catalog.substr(pg_catalog.pg_walfile_name(
                                 pg_catalog.pg_current_wal_lsn()), 1, 8) END AS writing_timeline,
                   pg_catalog.pg_last_wal_receive_lsn()::text AS received,
                   pg_catalog.pg_last_wal_replay_lsn()::text AS replayed,
                   CASE WHEN pg_catalog.pg_is_in_recovery()
                        THEN pg_catalog.pg_is_wal_replay_paused() ELSE false END AS paused,
                   pg_catalog.pg_last_xact_replay_timestamp()::text AS replay_timestamp,
                   (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint())
                       AS checkpoint_timeline,
                   (SELECT min_recovery_end_timeline FROM pg_catalog.pg_control_recovery())
                       AS recovery_timeline,
                   r.status AS receiver, r.received_tli AS received_timeline,
                   pg_catalog.current_setting('primary_conninfo') AS conninfo,
                   pg_catalog.current_setting('server_version_num')::int AS version,
                   pg_catalog.pg_postmaster_start_time()::text AS started,
                   pg_catalog.current_setting('synchronous_standby_names') AS standby_names,
                   pg_catalog.current_setting('tamada.client_gate', true) AS client_gate,
                   coalesce((SELECT wait_event IN ('CheckpointerMain', 'CheckpointWriteDelay')
                      FROM pg_catalog.pg_stat_activity WHERE backend_type = 'checkpointer'), false)
                       AS checkpointer_listens,
                   pg_catalog.current_setting('wal_level') = 'logical' AS decodes,
                   (SELECT pg_catalog.string_agg(name || '='
                               || pg_catalog.current_setting(name), E'\\n')
                      FROM pg_catalog.pg_settings WHERE pending_restart) AS pending_restart,
                   (SELECT pg_catalog.string_agg(name || '=' || setting, E'\\n')
                      FROM pg_catalog.pg_settings WHERE name IN ('listen_addresses', 'port',
                           'cluster_name', 'wal_level', 'hot_standby', 'max_connections',
                           'max_wal_senders', 'max_prepared_transactions',
                           'max_locks_per_transaction', 'track_commit_timestamp',
                           'max_replication_slots', 'max_worker_processes', 'wal_log_hints'))
                       AS controlled
              FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_stat_wal_receiver r ON true;
            """;

    private static final String SLOTS =
            """
            SELECT slot_name, slot_type = 'physical' AS physical, database, plugin, active,
                   restart_lsn::text, confirmed_flush_lsn::text,
                   catalog_xmin::text, xmin IS NOT NULL AS holds_vacuum, wal_status = 'lost' AS lost,
                   coalesce((pg_catalog.to_jsonb(s) ->> 'failover')::bool
                       OR (pg_catalog.to_jsonb(s) ->> 'synced')::bool, false) AS kept_by_server
              FROM pg_catalog.pg_replication_slots s WHERE NOT temporary ORDER BY slot_name;
            """;

    private static final String CONNECTIONS =
            """
            SELECT application_name, coalesce(usename, '') AS usename,
                   pg_catalog.host(client_addr) AS client_address, coalesce(state, '') AS state,
                   coalesce(sync_state, '') AS sync_state, coalesce(sync_priority, 0) AS priority,
                   sent_lsn::text, write_lsn::text, flush_lsn::text, replay_lsn::text,
                   (extract(epoch FROM write_lag) * 1000000)::bigint AS write_lag,
                   (extract(epoch FROM flush_lag) * 1000000)::bigint AS flush_lag,
                   (extract(epoch FROM replay_lag) * 1000000)::bigint AS replay_lag
              FROM pg_catalog.pg_stat_replication ORDER BY application_name, pid;
            """;

    private final TimelineFiles timelines;

    /// The highest timeline that this run of the standby has been seen on: once the WAL receiver
    /// is gone the server no longer says, and the control file lags behind.
    private @Nullable Timeline seen;

    private String seenIn = "";

    /// Whether the timeline was learned before the server had replayed its own WAL, which may lead
    /// to a newer one.
    private boolean seenEarly;

    /// The startup process that has waited for WAL, so that it has replayed all that was there: its
    /// process id and start. After a crash of the server another one replays it again.
    private String waited = "";

    StatusQuery(TimelineFiles timelines) {
        this.timelines = timelines;
    }

    /// @param wanted the parameters as they should be.
    ServerStatus ask(Connection connection, Monotonic askedAt, Wanted wanted) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(REPLAY + SERVER + SLOTS + CONNECTIONS);
            boolean replaysOwn = replaysOwn(statement.getResultSet());
            statement.getMoreResults();
            Row row = row(statement.getResultSet(), wanted);
            statement.getMoreResults();
            List<SlotState> slots = slots(statement.getResultSet());
            statement.getMoreResults();
            List<ReplicationConnection> replication = replication(statement.getResultSet());
            Timeline timeline = timeline(row);
            boolean inRecovery = row.written() == null;
            return new ServerStatus(
                    askedAt,
                    inRecovery,
                    timeline,
                    row.written(),
                    inRecovery ? row.received() : null,
                    row.replayed(),
                    row.paused(),
                    row.replayTimestamp(),
                    inRecovery && row.streaming(),
                    timelines.historyOf(timeline),
                    inRecovery || row.checkpointTimeline() == timeline.id(),
                    inRecovery ? row.upstream() : null,
                    slots,
                    replication,
                    row.restart(),
                    row.version(),
                    row.started(),
                    row.synchronous(),
                    row.decodes(),
                    inRecovery && replaysOwn);
        }
    }

    private boolean replaysOwn(ResultSet rows) throws SQLException {
        rows.next();
        String replay = rows.getString("replay");
        if (replay == null) {
            return true;
        }
        if (replay.equals("told")) {
            return false;
        }
        String[] words = replay.split(" ", 2);
        if (words[0].equals("waits")) {
            waited = words[1];
        }
        return !waited.equals(words[1]);
    }

    /// Whether the standby's timeline rests on the control file alone, which lags behind, or was
    /// learned before it had replayed its own WAL.
    boolean isTimelineGuessed(ServerStatus status) {
        return status.inRecovery()
                && (!seenIn.equals(status.postmasterStart())
                        || (seenEarly && !status.replaysOwn()));
    }

    /// Adds what the replication protocol has said of the timeline.
    ///
    /// @param answer what the server said before.
    void learn(Timeline timeline, ServerStatus answer) {
        remember(timeline, answer.postmasterStart());
        seenEarly = answer.replaysOwn();
    }

    /// The parameters as they should be.
    ///
    /// @param controlled those that the whole cluster agrees on.
    /// @param all what is in the file.
    record Wanted(SortedMap<String, String> controlled, SortedMap<String, String> all) {
        static final Wanted NOTHING = new Wanted(new TreeMap<>(), new TreeMap<>());
    }

    private record Row(
            @Nullable Lsn written,
            @Nullable String writingTimeline,
            @Nullable Lsn received,
            @Nullable Lsn replayed,
            boolean paused,
            @Nullable String replayTimestamp,
            int checkpointTimeline,
            int recoveryTimeline,
            boolean streaming,
            int receivedTimeline,
            @Nullable Upstream upstream,
            PendingRestart restart,
            int version,
            String started,
            ServerStatus.Synchronous synchronous,
            boolean decodes) {}

    private static Row row(ResultSet rows, Wanted wanted) throws SQLException {
        rows.next();
        return new Row(
                lsn(rows, "written"),
                rows.getString("writing_timeline"),
                lsn(rows, "received"),
                lsn(rows, "replayed"),
                rows.getBoolean("paused"),
                rows.getString("replay_timestamp"),
                rows.getInt("checkpoint_timeline"),
                rows.getInt("recovery_timeline"),
                "streaming".equals(rows.getString("receiver")),
                rows.getInt("received_timeline"),
                ConnInfo.upstreamOf(text(rows, "conninfo")),
                restart(text(rows, "pending_restart"), text(rows, "controlled"), wanted),
                rows.getInt("version"),
                text(rows, "started"),
                new ServerStatus.Synchronous(
                        text(rows, "standby_names"),
                        GatedHba.gateOf(rows.getString("client_gate")),
                        rows.getBoolean("checkpointer_listens")),
                rows.getBoolean("decodes"));
    }

    private static PendingRestart restart(String pending, String current, Wanted wanted) {
        SortedMap<String, PendingRestart.Change> changes = new TreeMap<>();
        for (String line : pending.lines().toList()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                String name = line.substring(0, equals);
                changes.put(
                        name,
                        new PendingRestart.Change(
                                line.substring(equals + 1), wanted.all().getOrDefault(name, "")));
            }
        }
        for (String line : current.lines().toList()) {
            int equals = line.indexOf('=');
            String name = line.substring(0, equals);
            String value = wanted.controlled().get(name);
            if (value != null
                    && !ServerParameters.isSame(name, value, line.substring(equals + 1))) {
                changes.put(name, new PendingRestart.Change(line.substring(equals + 1), value));
            }
        }
        return PendingRestart.of(changes);
    }

    private Timeline timeline(Row row) {
        if (row.writingTimeline() != null) {
            Timeline writing = new Timeline(Integer.parseInt(row.writingTimeline(), 16));
            remember(writing, row.started());
            return writing;
        }
        if (row.receivedTimeline() > 0) {
            remember(new Timeline(row.receivedTimeline()), row.started());
        }
        Timeline onDisk =
                new Timeline(
                        Math.max(1, Math.max(row.checkpointTimeline(), row.recoveryTimeline())));
        Timeline known = seenIn.equals(row.started()) ? seen : null;
        return known == null || onDisk.isAfter(known) ? onDisk : known;
    }

    private void remember(Timeline timeline, String postmasterStart) {
        boolean sameRun = seenIn.equals(postmasterStart);
        if (!sameRun || seen == null || timeline.isAfter(seen)) {
            seen = timeline;
            seenIn = postmasterStart;
        }
    }

    private static List<SlotState> slots(ResultSet rows) throws SQLException {
        List<SlotState> slots = new ArrayList<>();
        while (rows.next()) {
            slots.add(
                    new SlotState(
                            text(rows, "slot_name"),
                            rows.getBoolean("physical"),
                            rows.getString("database"),
                            rows.getString("plugin"),
                            rows.getBoolean("active"),
                            lsn(rows, "restart_lsn"),
                            lsn(rows, "confirmed_flush_lsn"),
                            rows.getBoolean("holds_vacuum"),
                            rows.getBoolean("lost"),
                            rows.getBoolean("kept_by_server"),
                            whole(rows, "catalog_xmin")));
        }
        return slots;
    }

    private static List<ReplicationConnection> replication(ResultSet rows) throws SQLException {
        List<ReplicationConnection> connections = new ArrayList<>();
        while (rows.next()) {
            connections.add(
                    new ReplicationConnection(
                            text(rows, "application_name"),
                            text(rows, "usename"),
                            rows.getString("client_address"),
                            text(rows, "state"),
                            text(rows, "sync_state"),
                            rows.getInt("priority"),
                            lsn(rows, "sent_lsn"),
                            lsn(rows, "write_lsn"),
                            lsn(rows, "flush_lsn"),
                            lsn(rows, "replay_lsn"),
                            new ServerStatus.Lag(
                                    micros(rows, "write_lag"),
                                    micros(rows, "flush_lag"),
                                    micros(rows, "replay_lag"))));
        }
        return connections;
    }

    private static @Nullable Duration micros(ResultSet rows, String column) throws SQLException {
        long micros = rows.getLong(column);
        return rows.wasNull() ? null : Duration.of(micros, ChronoUnit.MICROS);
    }

    private static @Nullable Long whole(ResultSet rows, String column) throws SQLException {
        String text = rows.getString(column);
        return text == null ? null : Long.valueOf(text);
    }

    private static @Nullable Lsn lsn(ResultSet rows, String column) throws SQLException {
        String text = rows.getString(column);
        return text == null ? null : Lsn.parse(text);
    }

    private static String text(ResultSet rows, String column) throws SQLException {
        String text = rows.getString(column);
        return text == null ? "" : text;
    }
}
