package io.tamada.agent.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;
import java.util.Properties;

/// What the demo asks of PostgreSQL by SQL: a database for the writer, and the truth at the end.
record DemoDatabase(int writePort, DemoSecrets secrets) {

    /// Name of the writer's role and of its database.
    static final String APPLICATION = "demo";

    private static final String SUPERUSER = "postgres";

    /// Long enough for a count over everything that was written.
    private static final int TIMEOUT_SECONDS = 30;

    static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:"
                + port
                + "/"
                + database
                + "?connectTimeout=2&loginTimeout=3&ApplicationName=tamada-demo";
    }

    static Properties login(String user, String password) {
        var login = new Properties();
        login.setProperty("user", user);
        login.setProperty("password", password);
        return login;
    }

    /// A role and a database for the writer, and its table. May be repeated.
    void prepare() throws SQLException {
        try (Connection connection = asSuperuser(writePort, "postgres");
                Statement statement = connection.createStatement()) {
            if (isMissing(statement, "SELECT 1 FROM pg_roles WHERE rolname = 'demo'")) {
                // Letters and digits by construction, see DemoSecrets.
                statement.execute(
                        "CREATE ROLE demo LOGIN PASSWORD '" + secrets.application() + "'");
            }
            if (isMissing(statement, "SELECT 1 FROM pg_database WHERE datname = 'demo'")) {
                statement.execute("CREATE DATABASE demo OWNER demo");
            }
        }
        try (Connection connection =
                        DriverManager.getConnection(
                                url(writePort, APPLICATION) + timeout(),
                                login(APPLICATION, secrets.application()));
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS writes ("
                            + "number bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())");
        }
    }

    /// Compares the writer's ledger with the table on the primary.
    Ledger.Verdict verify(Ledger ledger) throws SQLException {
        try (Connection connection = asSuperuser(writePort, APPLICATION);
                PreparedStatement count =
                        connection.prepareStatement(
                                "SELECT count(*), max(number) FROM writes"
                                        + " WHERE number BETWEEN ? AND ?")) {
            return ledger.verify(run -> find(count, run));
        }
    }

    /// How many standbys the primary streams to, by its own account.
    int streamingStandbys() throws SQLException {
        try (Connection connection = asSuperuser(writePort, "postgres");
                Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery(
                                "SELECT count(*) FROM pg_stat_replication"
                                        + " WHERE state = 'streaming'")) {
            result.next();
            return result.getInt(1);
        }
    }

    /// Whether the server on this port accepts writes.
    boolean isPrimary(int port) throws SQLException {
        try (Connection connection = asSuperuser(port, "postgres");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT NOT pg_is_in_recovery()")) {
            result.next();
            return result.getBoolean(1);
        }
    }

    private static Ledger.Found find(PreparedStatement count, Ledger.Run run) throws SQLException {
        count.setLong(1, run.first());
        count.setLong(2, run.last());
        try (ResultSet result = count.executeQuery()) {
            result.next();
            long rows = result.getLong(1);
            long highest = result.getLong(2);
            return new Ledger.Found(
                    rows, result.wasNull() ? OptionalLong.empty() : OptionalLong.of(highest));
        }
    }

    private Connection asSuperuser(int port, String database) throws SQLException {
        return DriverManager.getConnection(
                url(port, database) + timeout(), login(SUPERUSER, secrets.superuser()));
    }

    private static String timeout() {
        return "&socketTimeout=" + TIMEOUT_SECONDS;
    }

    private static boolean isMissing(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            return !result.next();
        }
    }
}
