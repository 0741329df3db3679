package io.tamada.agent.postgres;

import io.tamada.agent.postgres.PostgresSettings.LocalAccess;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.core.postgres.Upstream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/// Opens the agent's own connections.
final class Sessions {

    static final String DATABASE = "postgres";

    private static final Driver DRIVER = new Driver();
    private static final String APPLICATION_NAME = "tamada";
    private static final int CONNECT_TIMEOUT_SECONDS = 2;

    /// The driver has no Unix sockets of its own. It makes this class by name, so that the
    /// library is loaded only where `use_unix_socket` is set.
    static final String UNIX_SOCKET_FACTORY =
            "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg";

    enum Kind {
        ORDINARY,
        /// Speaks the replication protocol's commands.
        REPLICATION
    }

    private final PostgresSettings settings;

    Sessions(PostgresSettings settings) {
        this.settings = settings;
    }

    /// To the local server.
    ///
    /// @param answerWithin for each answer; rounded up to a second while connecting.
    Connection local(Role role, Kind kind, Duration answerWithin) throws SQLException {
        return local(role, kind, answerWithin, DATABASE);
    }

    Connection local(Role role, Kind kind, Duration answerWithin, String database)
            throws SQLException {
        Properties properties = properties(role, kind, answerWithin);
        // Without encryption first: it is this machine, and TLS costs memory.
        properties.putIfAbsent("sslmode", "allow");
        LocalAccess access = settings.localAccess();
        if (kind == Kind.REPLICATION ? access.socketForReplication() : access.socket()) {
            String directory = socketDirectory();
            if (directory != null) {
                properties.setProperty("sslmode", "disable");
                properties.setProperty("socketFactory", UNIX_SOCKET_FACTORY);
                properties.setProperty(
                        "socketFactoryArg", directory + "/.s.PGSQL." + settings.listen().port());
                // The one host name that the factory takes for its path.
                return open(
                        new Upstream("localhost", settings.listen().port()),
                        properties,
                        answerWithin,
                        database);
            }
        }
        return open(localAddress(), properties, answerWithin, database);
    }

    /// To another member.
    Connection remote(Upstream server, Role role, Kind kind, Duration answerWithin)
            throws SQLException {
        Properties properties = properties(role, kind, answerWithin);
        properties.putIfAbsent("sslmode", "prefer");
        return open(server, properties, answerWithin, DATABASE);
    }

    private static Connection open(
            Upstream server, Properties properties, Duration answerWithin, String database)
            throws SQLException {
        Connection connection =
                open(server.host(), Integer.toString(server.port()), database, properties);
        connection.setNetworkTimeout(Runnable::run, (int) answerWithin.toMillis());
        return connection;
    }

    static Connection open(String host, String port, String database, Properties properties)
            throws SQLException {
        String address = address(host, port);
        @Nullable Connection connection =
                DRIVER.connect(
                        "jdbc:postgresql://" + address + "/" + encoded(database), properties);
        if (connection == null) {
            throw new SQLException("the driver does not take the address " + address);
        }
        return connection;
    }

    /// Several hosts have commas between them, and the one port.
    static String address(String hosts, String port) {
        StringJoiner addresses = new StringJoiner(",");
        for (String host : hosts.split(",", -1)) {
            String name = host.strip();
            addresses.add((name.contains(":") ? "[" + name + "]" : name) + ":" + port);
        }
        return addresses.toString();
    }

    private static String encoded(String database) {
        return URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Properties properties(Role role, Kind kind, Duration answerWithin) {
        Properties properties = new Properties();
        for (Map.Entry<String, String> option : role.options().entrySet()) {
            switch (option.getKey()) {
                case "sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword" ->
                        properties.setProperty(option.getKey(), option.getValue());
                default -> {
                    // The driver does not know libpq's other words.
                }
            }
        }
        properties.setProperty("user", role.name());
        if (role.password() != null) {
            properties.setProperty("password", role.password());
        }
        properties.setProperty("ApplicationName", APPLICATION_NAME);
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
        long seconds = Math.max(1, (answerWithin.toMillis() + 999) / 1000);
        properties.setProperty(
                "socketTimeout", Long.toString(Math.min(seconds, CONNECT_TIMEOUT_SECONDS)));
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("gssEncMode", "disable");
        if (kind == Kind.REPLICATION) {
            properties.setProperty("replication", "true");
            properties.setProperty("assumeMinServerVersion", "13");
        }
        return properties;
    }

    /// Where libpq reaches the local server: an address, or the directory of its socket.
    Upstream localPlace() {
        String directory = settings.localAccess().socket() ? socketDirectory() : null;
        return directory == null
                ? localAddress()
                : new Upstream(directory, settings.listen().port());
    }

    /// Where the local server listens on TCP.
    Upstream localAddress() {
        int port = settings.listen().port();
        String first = "";
        for (String part : settings.listen().addresses().split(",", -1)) {
            String address = part.strip().toLowerCase(java.util.Locale.ROOT);
            switch (address) {
                case "*", "0.0.0.0", "127.0.0.1" -> {
                    return new Upstream("127.0.0.1", port);
                }
                case "localhost" -> {
                    return new Upstream("localhost", port);
                }
                case "::", "::1" -> first = first.isEmpty() ? "::1" : first;
                default -> first = first.isEmpty() ? address : first;
            }
        }
        return new Upstream(first.isEmpty() ? "127.0.0.1" : first, port);
    }

    /// Where the running server has its Unix socket, or null when it has none.
    private @Nullable String socketDirectory() {
        try {
            PostmasterPid file = PostmasterPid.read(settings.dataDirectory());
            return file == null || !file.socketDirectory().startsWith("/")
                    ? null
                    : file.socketDirectory();
        } catch (IOException unreadable) {
            return null;
        }
    }

    /// Says what went wrong, and which role it was when access was refused.
    static String explain(SQLException failure, Role role, String settingsKey, Upstream server) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        String message = String.valueOf(failure.getMessage()).replace('\n', ' ');
        Throwable cause = failure.getCause();
        if (cause != null && cause.getMessage() != null) {
            // The driver's own text for an unexpected failure says nothing.
            message += " (" + cause.getMessage() + ")";
        }
        boolean refused = state.startsWith("28");
        return refused
                ? server
                        + " refuses the role \""
                        + role.name()
                        + "\" (postgresql.authentication."
                        + settingsKey
                        + "): "
                        + message
                : server + " as \"" + role.name() + "\": " + message;
    }
}
