package io.tamada.agent.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Looks at a server that no agent runs yet, to write down how it is configured.
public final class RunningServer {

    /// What an agent writes itself, or what is another server's address.
    private static final String NOT_TAKEN =
            "'primary_conninfo', 'primary_slot_name', 'synchronous_standby_names', 'hot_standby'";

    /// What has to be the same on every member, whether or not somebody has set it.
    private static final String ALWAYS =
            "'hba_file', 'ident_file', 'config_file', 'data_directory', 'listen_addresses', 'port',"
                    + " 'cluster_name', 'wal_level', 'max_connections', 'max_wal_senders',"
                    + " 'max_prepared_transactions', 'max_locks_per_transaction',"
                    + " 'track_commit_timestamp', 'max_replication_slots', 'max_worker_processes',"
                    + " 'wal_log_hints', 'wal_keep_size'";

    private static final String SETTINGS =
            "SELECT name, pg_catalog.current_setting(name) FROM pg_catalog.pg_settings"
                    + " WHERE (context <> 'internal'"
                    + " AND source IN ('configuration file', 'command line',"
                    + " 'environment variable')"
                    + " AND category <> 'Write-Ahead Log / Recovery Target'"
                    + " AND setting <> '(disabled)' AND name NOT IN ("
                    + NOT_TAKEN
                    + ")) OR name IN ("
                    + ALWAYS
                    + ")";

    private RunningServer() {}

    /// What came of a look.
    public sealed interface Answer {
        record Failed(String reason) implements Answer {}
    }

    /// @param settings as the server shows them.
    /// @param programs the directory of its programs.
    /// @param checksums whether its data have checksums.
    /// @param replicationRole a role that may replicate and is no superuser; null when there is
    ///     none.
    /// @param hba the text of `pg_hba.conf`.
    /// @param ident the text of `pg_ident.conf`.
    public record Facts(
            SortedMap<String, String> settings,
            String programs,
            boolean checksums,
            @Nullable String replicationRole,
            String hba,
            String ident)
            implements Answer {}

    /// @param words of a connection string: host (a name, or a socket's directory), port, user,
    ///     password, dbname, and those of TLS.
    public static Answer look(Map<String, String> words) {
        try (Connection connection = connect(words)) {
            if (!"on".equals(one(connection, "SHOW is_superuser"))) {
                return new Answer.Failed("The provided user does not have superuser privilege");
            }
            SortedMap<String, String> settings = new TreeMap<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(SETTINGS)) {
                while (rows.next()) {
                    settings.put(rows.getString(1), rows.getString(2));
                }
            }
            return new Facts(
                    settings,
                    text(one(connection, "SELECT setting FROM pg_config WHERE name = 'BINDIR'")),
                    "on".equals(one(connection, "SHOW data_checksums")),
                    one(
                            connection,
                            "SELECT rolname FROM pg_catalog.pg_roles WHERE rolreplication"
                                    + " AND rolcanlogin AND NOT rolsuper ORDER BY rolname LIMIT 1"),
                    file(connection, settings.get("hba_file")),
                    file(connection, settings.get("ident_file")));
        } catch (SQLException failed) {
            return new Answer.Failed(String.valueOf(failed.getMessage()));
        }
    }

    private static Connection connect(Map<String, String> words) throws SQLException {
        String host = words.getOrDefault("host", "localhost");
        String port = words.getOrDefault("port", "5432");
        Properties properties = new Properties();
        for (String name :
                List.of("user", "password", "sslmode", "sslcert", "sslkey", "sslrootcert")) {
            String value = words.get(name);
            if (value != null) {
                properties.setProperty(name, value);
            }
        }
        properties.setProperty("ApplicationName", "tamada generate-config");
        properties.setProperty("connectTimeout", "5");
        if (host.startsWith("/")) {
            properties.setProperty("sslmode", "disable");
            properties.setProperty("socketFactory", Sessions.UNIX_SOCKET_FACTORY);
            properties.setProperty("socketFactoryArg", host + "/.s.PGSQL." + port);
            host = "localhost";
        }
        return Sessions.open(
                host, port, words.getOrDefault("dbname", Sessions.DATABASE), properties);
    }

    private static String file(Connection connection, @Nullable String path) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_catalog.pg_read_file(?)")) {
            statement.setString(1, path);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? text(rows.getString(1)) : "";
            }
        }
    }

    private static @Nullable String one(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
