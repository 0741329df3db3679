package io.tamada.chaos.cluster;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/// Sessions as superuser, straight to a port on loopback.
public final class Sql {

    public static final String PASSWORD = "super-secret";
    static final String REPLICATION_PASSWORD = "rep-secret";
    static final String REWIND_PASSWORD = "rewind-secret";

    private Sql() {}

    /// Nothing on it waits longer than `timeoutSeconds`.
    public static Connection connect(int port, int timeoutSeconds) throws SQLException {
        Properties how = new Properties();
        how.setProperty("user", "postgres");
        how.setProperty("password", PASSWORD);
        how.setProperty("connectTimeout", Integer.toString(timeoutSeconds));
        how.setProperty("loginTimeout", Integer.toString(timeoutSeconds));
        how.setProperty("socketTimeout", Integer.toString(timeoutSeconds));
        how.setProperty("sslmode", "disable");
        how.setProperty("gssEncMode", "disable");
        how.setProperty("ApplicationName", "ledger");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", how);
    }

    /// The first column of every row.
    public static List<String> column(int port, String query) throws SQLException {
        try (Connection session = connect(port, 5);
                Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(String.valueOf(rows.getString(1)));
            }
            return found;
        }
    }

    /// One value, or the error in its place, for questions whose answer is only waited for.
    public static String peek(int port, String query) {
        try {
            List<String> found = column(port, query);
            return found.isEmpty() ? "no row" : found.getFirst();
        } catch (SQLException e) {
            return "error: " + e.getMessage();
        }
    }

    public static void execute(int port, String command) throws SQLException {
        try (Connection session = connect(port, 30);
                Statement statement = session.createStatement()) {
            statement.execute(command);
        }
    }
}
