package io.tamada.agent.cli;

import io.tamada.agent.postgres.MemberQuery;
import io.tamada.agent.run.SettingsMapping;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.Etcd3Settings;
import io.tamada.agent.settings.HostPort;
import io.tamada.agent.settings.PostgresqlSettings;
import io.tamada.agent.settings.SettingsResult;
import io.tamada.dcs.grpc.EtcdConnection;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.RangeAnswer;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.rest.tls.PemFiles;
import io.tamada.rest.tls.TlsFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is wrong as seen from this node: its way to etcd, its configuration, its certificates, the
/// roles that it names.
final class NodeChecks {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration SLOW = Duration.ofMillis(100);
    private static final int TRIES = 3;
    private static final Duration EXPIRY_WARN = Duration.ofDays(30);
    private static final Duration EXPIRY_FAIL = Duration.ofDays(2);

    private static final String RIGHTS =
            """
            SELECT rolcanlogin, rolsuper, rolreplication,
              has_function_privilege(oid, 'pg_catalog.pg_ls_dir(text, boolean, boolean)', 'EXECUTE')
              AND has_function_privilege(oid, 'pg_catalog.pg_stat_file(text, boolean)', 'EXECUTE')
              AND has_function_privilege(oid, 'pg_catalog.pg_read_binary_file(text)', 'EXECUTE')
              AND has_function_privilege(oid,
                'pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)', 'EXECUTE')
            FROM pg_catalog.pg_roles WHERE rolname =""";

    private final Diagnosis diagnosis;

    NodeChecks(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
    }

    /// Each endpoint by itself, by readings that a majority has to confirm.
    void etcd(Etcd3Settings settings) {
        for (HostPort endpoint : settings.hosts()) {
            Etcd3Settings alone =
                    new Etcd3Settings(
                            List.of(endpoint),
                            settings.protocol(),
                            settings.username(),
                            settings.password(),
                            settings.cacert(),
                            settings.cert(),
                            settings.key());
            endpoint("etcd " + endpoint, alone);
        }
        if (settings.hosts().size() == 1) {
            diagnosis.warn(
                    "etcd",
                    "one endpoint alone is configured",
                    "name every member of etcd in etcd3.hosts");
        }
    }

    private void endpoint(String about, Etcd3Settings settings) {
        try (EtcdConnection etcd = EtcdConnection.open(SettingsMapping.etcd(settings))) {
            long bestNanos = Long.MAX_VALUE;
            for (int i = 0; i < TRIES; i++) {
                long before = System.nanoTime();
                switch (etcd.kv().range(new KeyRange.Key(Bytes.utf8("/tamada-doctor")), PATIENCE)) {
                    case KvReply.Answered<RangeAnswer> _ ->
                            bestNanos = Math.min(bestNanos, System.nanoTime() - before);
                    case KvReply.NotApplied<RangeAnswer>(_, String reason) -> {
                        silent(about, reason);
                        return;
                    }
                    case KvReply.Unknown<RangeAnswer>(String reason) -> {
                        silent(about, reason);
                        return;
                    }
                }
            }
            Duration best = Duration.ofNanos(bestNanos);
            String text = "confirmed reading in %d ms".formatted(best.toMillis());
            if (best.compareTo(SLOW) > 0) {
                diagnosis.warn(
                        about, text, "look at its disk (fsync) and the network: renewals need it");
            } else {
                diagnosis.ok(about, text);
            }
        } catch (IllegalArgumentException unusable) {
            diagnosis.fail(about, String.valueOf(unusable.getMessage()), "mend etcd3 in the file");
        }
    }

    private void silent(String about, String reason) {
        diagnosis.fail(
                about,
                "does not answer: " + reason,
                "start that member of etcd, or take it out of etcd3.hosts");
    }

    /// @param read null when the file is no agent's.
    void configuration(@Nullable SettingsResult read) {
        if (read == null) {
            return;
        }
        read.warnings().forEach(line -> diagnosis.warn("configuration", line, "mend the file"));
        switch (read) {
            case SettingsResult.Loaded _ -> diagnosis.ok("configuration", "valid");
            case SettingsResult.Refused(List<String> errors, _) ->
                    errors.forEach(line -> diagnosis.fail("configuration", line, "mend the file"));
        }
    }

    void certificates(AgentSettings settings, Instant now) {
        Map<String, String> files = new TreeMap<>();
        var rest = settings.rest().tls();
        if (rest != null) {
            put(files, "restapi.certfile", rest.certfile());
            put(files, "restapi.cafile", rest.cafile());
        }
        put(files, "ctl.certfile", settings.ctl().certfile());
        put(files, "ctl.cacert", settings.ctl().cacert());
        put(files, "etcd3.cert", settings.etcd3().cert());
        put(files, "etcd3.cacert", settings.etcd3().cacert());
        String server = settings.postgresql().parameters().get("ssl_cert_file");
        if (server != null) {
            put(
                    files,
                    "ssl_cert_file",
                    settings.postgresql().dataDirectory().resolve(server).toString());
        }
        files.forEach((key, file) -> certificate(key + " " + file, Path.of(file), now));
    }

    private static void put(Map<String, String> files, String key, @Nullable String file) {
        if (file != null) {
            files.put(key, file);
        }
    }

    void certificate(String about, Path file, Instant now) {
        try {
            Instant first = Instant.MAX;
            for (X509Certificate one : PemFiles.certificates(file)) {
                Instant end = one.getNotAfter().toInstant();
                first = end.isBefore(first) ? end : first;
            }
            String cure = "renew it; SIGHUP or tamada reload takes it in";
            if (first.isBefore(now)) {
                diagnosis.fail(about, "has expired on " + first, cure);
            } else if (first.isBefore(now.plus(EXPIRY_FAIL))) {
                diagnosis.fail(about, "expires on " + first, cure);
            } else if (first.isBefore(now.plus(EXPIRY_WARN))) {
                diagnosis.warn(about, "expires on " + first, cure);
            } else {
                diagnosis.ok(about, "valid until " + first);
            }
        } catch (TlsFileException unreadable) {
            diagnosis.fail(about, String.valueOf(unreadable.getMessage()), "mend the file");
        }
    }

    /// Asks the leader's server, as the superuser of the file.
    void privileges(AgentSettings settings, HostPort server) {
        PostgresqlSettings postgresql = settings.postgresql();
        var superuser = postgresql.superuser();
        var login =
                new MemberQuery.Login(
                        superuser.username() == null ? "postgres" : superuser.username(),
                        superuser.password() == null ? null : superuser.password().reveal(),
                        postgresql.database(),
                        superuser.tls());
        role(server, login, login.user(), "superuser");
        String replication = postgresql.replication().username();
        role(server, login, replication == null ? "replicator" : replication, "replication");
        PostgresqlSettings.Login rewind = postgresql.rewind();
        if (rewind != null) {
            role(
                    server,
                    login,
                    rewind.username() == null ? "rewind_user" : rewind.username(),
                    "rewind");
        }
    }

    private void role(HostPort server, MemberQuery.Login login, String name, String use) {
        String about = "role " + name + " (" + use + ")";
        switch (MemberQuery.ask(
                server.host(),
                server.port(),
                login,
                null,
                RIGHTS + " '" + name.replace("'", "''") + "'")) {
            case MemberQuery.Answer.Rows(_, var rows) ->
                    rights(about, use, rows.isEmpty() ? null : rows.getFirst());
            case MemberQuery.Answer.Failed(String state, String message) ->
                    diagnosis.warn(
                            about,
                            "cannot be looked at on %s: %s".formatted(server, message),
                            "28P01".equals(state)
                                    ? "the superuser's password in the file is wrong"
                                    : "let pg_hba.conf admit the superuser from here");
            case MemberQuery.Answer.OtherRole _ -> throw new IllegalStateException(about);
        }
    }

    /// @param row may log in, is superuser, may replicate, may do what pg_rewind does.
    void rights(String about, String use, @Nullable List<? extends @Nullable Object> row) {
        if (row == null) {
            diagnosis.fail(
                    about, "is not there", "CREATE ROLE it, as postgresql.authentication says");
            return;
        }
        boolean superuser = Boolean.TRUE.equals(row.get(1));
        boolean enough =
                switch (use) {
                    case "superuser" -> superuser;
                    case "replication" -> superuser || Boolean.TRUE.equals(row.get(2));
                    default -> superuser || Boolean.TRUE.equals(row.get(3));
                };
        if (!Boolean.TRUE.equals(row.getFirst())) {
            diagnosis.fail(about, "may not log in", "ALTER ROLE … LOGIN");
        } else if (!enough) {
            diagnosis.fail(
                    about,
                    "lacks what it is for",
                    switch (use) {
                        case "superuser" -> "ALTER ROLE … SUPERUSER";
                        case "replication" -> "ALTER ROLE … REPLICATION";
                        default ->
                                "GRANT EXECUTE on pg_ls_dir, pg_stat_file and pg_read_binary_file"
                                        + " to it";
                    });
        } else {
            diagnosis.ok(about, "may do what it is for");
        }
    }
}
