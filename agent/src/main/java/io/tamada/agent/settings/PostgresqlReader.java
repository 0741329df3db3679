package io.tamada.agent.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads `postgresql`.
final class PostgresqlReader {

    private static final int USUAL_PORT = 5432;

    /// Options of pg_basebackup that the agent sets itself, or that would give a backup that is
    /// not a data directory.
    private static final Set<String> RESERVED_FOR_BASE_BACKUP =
            Set.of(
                    "pgdata",
                    "format",
                    "wal-method",
                    "xlog-method",
                    "gzip",
                    "version",
                    "compress",
                    "dbname",
                    "host",
                    "port",
                    "username",
                    "password",
                    "write-recovery-conf",
                    "slot");

    private static final String POSTGRES = "postgres";

    private static final List<String> PROGRAMS =
            List.of(
                    "pg_ctl",
                    "initdb",
                    "pg_controldata",
                    "pg_basebackup",
                    "postgres",
                    "pg_isready",
                    "pg_rewind");

    private static final List<String> TLS_PARAMETERS =
            List.of(
                    "sslmode",
                    "sslkey",
                    "sslcert",
                    "sslrootcert",
                    "sslcrl",
                    "sslcrldir",
                    "gssencmode",
                    "channel_binding",
                    "sslnegotiation");

    private PostgresqlReader() {}

    static PostgresqlSettings read(Section section) {
        PostgresqlSettings.Listen listen = Addresses.listen(section, "listen", USUAL_PORT);
        HostPort connect = Addresses.optional(section, "connect_address", listen.port());
        RestReader.warnAboutWildcard(section, connect);
        Path data = Path.of(section.requiredText("data_dir", "the path of the data directory"));
        Path config = path(section, "config_dir");
        Section authentication = section.section("authentication");
        pending(section);
        SortedMap<String, String> recovery = texts(section.scalars("recovery_conf"));
        PostgresqlSettings settings =
                new PostgresqlSettings(
                        listen,
                        connect == null ? local(listen) : connect,
                        Addresses.optional(section, "proxy_address", listen.port()),
                        data,
                        programsDirectory(section),
                        programs(section.section("bin_name")),
                        config == null ? data : config,
                        section.text("database", "postgres"),
                        login(authentication.section("superuser")),
                        replication(authentication),
                        authentication.has("rewind")
                                ? login(authentication.section("rewind"))
                                : null,
                        parameters(section),
                        section.textsOrNull("pg_hba"),
                        section.textsOrNull("pg_ident"),
                        path(section, "pgpass"),
                        section.flag("use_unix_socket", false),
                        section.flag("use_unix_socket_repl", false),
                        ToolOptions.read(section, "basebackup", RESERVED_FOR_BASE_BACKUP),
                        recovery,
                        path(section, "custom_conf"),
                        section.integer("pg_ctl_timeout", 60, 0, Integer.MAX_VALUE),
                        overrides(section),
                        ScriptsReader.read(section));
        authentication.warnAboutTheRest();
        section.warnAboutTheRest();
        return settings;
    }

    /// Without `connect_address` Patroni publishes the first address it listens on.
    private static HostPort local(PostgresqlSettings.Listen listen) {
        String first = listen.hosts().isEmpty() ? "" : listen.hosts().getFirst();
        boolean everywhere = first.matches("\\*|0\\.0\\.0\\.0|::|");
        return new HostPort(everywhere ? "localhost" : first, listen.port());
    }

    /// A file may be written on another machine than it is for, so this is no error here; the agent
    /// refuses to start with it.
    private static @Nullable Path programsDirectory(Section section) {
        Path directory = path(section, "bin_dir");
        YamlValue value = section.value("bin_dir");
        if (directory != null
                && value != null
                && !Files.isExecutable(directory.resolve("postgres"))) {
            section.problems()
                    .warning(
                            value.origin(),
                            section.key("bin_dir"),
                            "found no program postgres in "
                                    + directory
                                    + " on this machine; expected the directory that has postgres,"
                                    + " initdb and pg_basebackup: no agent starts without them");
        }
        return directory;
    }

    private static @Nullable Path path(Section section, String name) {
        String text = section.text(name);
        return text == null || text.isBlank() ? null : Path.of(text);
    }

    private static Map<String, String> programs(Section section) {
        Map<String, String> names = new TreeMap<>();
        for (String program : PROGRAMS) {
            String name = section.text(program);
            if (name != null && name.indexOf('/') >= 0) {
                YamlValue value = section.value(program);
                if (value != null) {
                    section.wrong(program, value, "a file name, without a directory");
                }
            } else if (name != null && program.equals(POSTGRES) && !name.equals(POSTGRES)) {
                YamlValue value = section.value(program);
                if (value != null) {
                    section.wrong(
                            program, value, "postgres: by this name its processes are fenced");
                }
            } else if (name != null) {
                names.put(program, name);
            }
        }
        section.warnAboutTheRest();
        return names;
    }

    private static PostgresqlSettings.Login replication(Section authentication) {
        Section section = authentication.section("replication");
        section.requiredText("username", "the user that standbys replicate as");
        return login(section);
    }

    private static PostgresqlSettings.Login login(Section section) {
        SortedMap<String, String> tls = new TreeMap<>();
        for (String name : TLS_PARAMETERS) {
            String text = section.text(name);
            if (text != null) {
                tls.put(name, text);
            }
        }
        if (section.has("sslmode")) {
            section.choice(
                    "sslmode",
                    "prefer",
                    "disable",
                    "allow",
                    "prefer",
                    "require",
                    "verify-ca",
                    "verify-full");
        }
        PostgresqlSettings.Login login =
                new PostgresqlSettings.Login(
                        section.text("username"),
                        section.secret("password"),
                        tls,
                        section.secret("sslpassword"));
        section.warnAboutTheRest();
        return login;
    }

    private static SortedMap<String, String> parameters(Section section) {
        Map<String, YamlValue.Scalar> written = section.scalars("parameters");
        for (Map.Entry<String, YamlValue.Scalar> entry : written.entrySet()) {
            ParameterCheck.check(section, entry.getKey(), entry.getValue());
            if (PostgresqlSettings.CLUSTER_WIDE.contains(entry.getKey())) {
                section.problems()
                        .warning(
                                entry.getValue().origin(),
                                section.key("parameters." + entry.getKey()),
                                "is the same for all members, so only the dynamic configuration"
                                        + " counts (bootstrap.dcs for a new cluster), ignored");
            }
        }
        return texts(written);
    }

    private static SortedMap<String, String> texts(Map<String, YamlValue.Scalar> written) {
        SortedMap<String, String> texts = new TreeMap<>();
        written.forEach(
                (name, value) -> {
                    if (value.value() != null) {
                        texts.put(name, ParameterCheck.text(value));
                    }
                });
        return texts;
    }

    private static PostgresqlSettings.Overrides overrides(Section section) {
        section.mention("use_slots", "counts only in the dynamic configuration, ignored");
        return new PostgresqlSettings.Overrides(
                section.flag("use_pg_rewind"),
                section.flag("remove_data_directory_on_rewind_failure"),
                section.flag("remove_data_directory_on_diverged_timelines"));
    }

    private static void pending(Section section) {
        section.ignore("replica_method", "config_base_name");
    }
}
