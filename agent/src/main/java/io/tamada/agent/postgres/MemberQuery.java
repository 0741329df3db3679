package io.tamada.agent.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// An operator's question to the server of a member, with the operator's own login.
public final class MemberQuery {

    private static final String CONNECT_SECONDS = "5";

    private MemberQuery() {}

    /// @param password null: what the driver finds in `~/.pgpass`.
    public record Login(
            String user, @Nullable String password, String database, Map<String, String> tls) {

        public Login {
            tls = Map.copyOf(tls);
        }

        /// What was not given comes from libpq's variables.
        public static Login of(
                @Nullable String user,
                @Nullable String password,
                @Nullable String database,
                Map<String, String> environment) {
            String name = user != null ? user : environment.get("PGUSER");
            if (name == null) {
                name = System.getProperty("user.name", "postgres");
            }
            String base = database != null ? database : environment.get("PGDATABASE");
            Map<String, String> tls = new HashMap<>();
            tls(tls, "sslmode", environment.get("PGSSLMODE"));
            tls(tls, "sslrootcert", environment.get("PGSSLROOTCERT"));
            tls(tls, "sslcert", environment.get("PGSSLCERT"));
            tls(tls, "sslkey", environment.get("PGSSLKEY"));
            return new Login(
                    name,
                    password != null ? password : environment.get("PGPASSWORD"),
                    base == null ? name : base,
                    tls);
        }

        private static void tls(Map<String, String> tls, String name, @Nullable String value) {
            if (value != null) {
                tls.put(name, value);
            }
        }
    }

    /// What came of it.
    public sealed interface Answer {

        /// @param columns none when there is nothing to show.
        /// @param rows numbers, booleans, text and nulls.
        record Rows(List<String> columns, List<List<@Nullable Object>> rows) implements Answer {}

        /// The server is not in the role that was asked for.
        record OtherRole() implements Answer {}

        /// @param state SQLSTATE of the server; null when there was no connection.
        record Failed(@Nullable String state, String message) implements Answer {}
    }

    /// @param inRecovery what the server has to say of itself; null for either.
    public static Answer ask(
            String host, int port, Login login, @Nullable Boolean inRecovery, String sql) {
        Properties properties = new Properties();
        properties.putAll(login.tls());
        properties.setProperty("user", login.user());
        if (login.password() != null) {
            properties.setProperty("password", login.password());
        }
        properties.setProperty("ApplicationName", "tamada query");
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("preferQueryMode", "simple");
        try (Connection connection =
                Sessions.open(host, Integer.toString(port), login.database(), properties)) {
            if (inRecovery != null && isInRecovery(connection) != inRecovery) {
                return new Answer.OtherRole();
            }
            return last(connection, sql);
        } catch (SQLException failed) {
            String state = failed.getSQLState();
            boolean byServer = state != null && !state.startsWith("08");
            String message = String.valueOf(failed.getMessage()).replace('\n', ' ');
            return new Answer.Failed(byServer ? state : null, message);
        }
    }

    private static boolean isInRecovery(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer =
                        statement.executeQuery("SELECT pg_catalog.pg_is_in_recovery()")) {
            return !answer.next() || answer.getBoolean(1);
        }
    }

    /// The answer to the last of the statements.
    private static Answer.Rows last(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            Answer.Rows answer = new Answer.Rows(List.of(), List.of());
            boolean rows = statement.execute(sql);
            while (rows || statement.getUpdateCount() >= 0) {
                answer =
                        rows
                                ? read(statement.getResultSet())
                                : new Answer.Rows(List.of(), List.of());
                rows = statement.getMoreResults();
            }
            return answer;
        }
    }

    private static Answer.Rows read(ResultSet set) throws SQLException {
        ResultSetMetaData about = set.getMetaData();
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= about.getColumnCount(); i++) {
            columns.add(about.getColumnLabel(i));
        }
        List<List<@Nullable Object>> rows = new ArrayList<>();
        while (set.next()) {
            List<@Nullable Object> row = new ArrayList<>();
            for (int i = 1; i <= columns.size(); i++) {
                row.add(cell(set, about, i));
            }
            rows.add(row);
        }
        return new Answer.Rows(columns, rows);
    }

    private static @Nullable Object cell(ResultSet set, ResultSetMetaData about, int column)
            throws SQLException {
        String text = set.getString(column);
        if (text == null) {
            return null;
        }
        return switch (about.getColumnType(column)) {
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> set.getLong(column);
            case Types.REAL, Types.DOUBLE -> set.getDouble(column);
            case Types.BIT ->
                    about.getColumnTypeName(column).equals("bool") ? set.getBoolean(column) : text;
            default -> text;
        };
    }
}
