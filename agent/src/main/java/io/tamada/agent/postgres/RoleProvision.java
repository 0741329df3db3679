package io.tamada.agent.postgres;

import io.tamada.agent.hooks.CallbackWatch;
import io.tamada.agent.os.PosixKill;
import io.tamada.agent.postgres.LiveConfiguration.Part;
import io.tamada.agent.postgres.PostgresSettings.BootstrapUser;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.Sessions.Kind;
import io.tamada.core.postgres.ServerStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.core.Utils;

/// Creates the roles that the cluster needs; after our own initdb also the users and the hook of
/// the bootstrap, in Patroni's order. On an adopted instance only what is missing is created, and
/// no password is changed.
final class RoleProvision {

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final Duration HOOK_LIMIT = Duration.ofHours(1);

    /// Keeps statements with passwords out of the server's log, and the bootstrap from waiting
    /// for standbys that do not exist yet.
    private static final List<String> QUIET =
            List.of(
                    "SET synchronous_commit TO local",
                    "SET log_statement TO none",
                    "SET log_min_duration_statement TO -1",
                    "SET log_min_error_statement TO log",
                    "SET log_duration TO off",
                    "SET log_parameter_max_length_on_error TO 0",
                    "SET pg_stat_statements.track_utility TO off");

    private enum Existing {
        ALTERED,
        LEFT
    }

    private final Instance instance;

    RoleProvision(Instance instance) {
        this.instance = instance;
    }

    Outcome run(OngoingOperation operation) throws IOException, InterruptedException {
        ServerStatus status = instance.monitor().status();
        if (status == null || status.inRecovery()) {
            return new Outcome.Failed("roles are created on a primary that answers");
        }
        PostgresSettings settings = instance.settings();
        Role superuser = settings.roles().superuser();
        boolean bootstrap = instance.state().isBootstrapPending();
        try (Connection connection =
                instance.sessions().local(superuser, Kind.ORDINARY, ANSWER_WITHIN)) {
            for (String statement : QUIET) {
                execute(connection, statement);
            }
            operation.progress("creating roles");
            if (bootstrap) {
                createRole(connection, superuser, "SUPERUSER", Existing.ALTERED);
                String failure = runHook(operation);
                if (failure != null) {
                    return operation.isCancelled()
                            ? Outcome.CANCELLED
                            : new Outcome.Failed(failure);
                }
            }
            Existing existing = bootstrap ? Existing.ALTERED : Existing.LEFT;
            Role replication = settings.roles().replication();
            createRole(connection, replication, "REPLICATION", existing);
            Role rewind = settings.roles().rewind();
            if (rewind != null && !rewind.name().equals(superuser.name())) {
                if (!rewind.name().equals(replication.name())) {
                    createRole(connection, rewind, "", existing);
                }
                allowRewind(connection, rewind);
            }
            if (bootstrap) {
                createUsers(connection);
                endBootstrap();
            }
            return Outcome.DONE;
        } catch (SQLException failure) {
            return new Outcome.Failed(
                    Sessions.explain(
                            failure, superuser, "superuser", instance.sessions().localAddress()));
        }
    }

    private void endBootstrap() throws IOException, InterruptedException {
        instance.state().bootstrapDone();
        Postmaster postmaster = instance.monitor().postmaster();
        if (instance.configuration().write(Part.PRIMARY).changed() && postmaster != null) {
            postmaster.signal(PosixKill.SIGHUP);
        }
        ServerStatus status = instance.monitor().status();
        if (status != null) {
            instance.callbacks().answers(status.postmasterStart(), CallbackWatch.Role.PRIMARY);
        }
    }

    private static void allowRewind(Connection connection, Role rewind) throws SQLException {
        for (String grant : RewindPrivileges.grants(rewind)) {
            execute(connection, grant);
        }
    }

    private void createUsers(Connection connection) throws SQLException {
        for (BootstrapUser user : instance.settings().bootstrap().users()) {
            createRole(
                    connection,
                    Role.of(user.name(), user.password()),
                    String.join(" ", user.options()).toUpperCase(Locale.ROOT),
                    Existing.ALTERED);
        }
    }

    private static void createRole(
            Connection connection, Role role, String attributes, Existing existing)
            throws SQLException {
        boolean exists = exists(connection, role.name());
        if (exists && existing == Existing.LEFT) {
            return;
        }
        List<String> words = new ArrayList<>(List.of(attributes.split("\\s+", -1)));
        if (!words.contains("LOGIN") && !words.contains("NOLOGIN")) {
            words.add("LOGIN");
        }
        execute(
                connection,
                (exists ? "ALTER" : "CREATE")
                        + " ROLE "
                        + identifier(role.name())
                        + " WITH "
                        + String.join(" ", words));
        if (role.password() != null) {
            // The driver sends a verifier, in the form that password_encryption asks for.
            connection
                    .unwrap(PGConnection.class)
                    .alterUserPassword(role.name(), role.password().toCharArray(), null);
        }
    }

    private static boolean exists(Connection connection, String role) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT FROM pg_catalog.pg_roles WHERE rolname = "
                                        + literal(role))) {
            return rows.next();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String identifier(String name) throws SQLException {
        StringBuilder text = new StringBuilder();
        return Utils.escapeIdentifier(text, name).toString();
    }

    private static String literal(String value) throws SQLException {
        StringBuilder text = new StringBuilder("'");
        return Utils.escapeLiteral(text, value, true).append('\'').toString();
    }

    /// Runs the user's command with a connection string as its last argument, in the form of
    /// keywords, as Patroni gives it.
    ///
    /// @return why it has failed, or null.
    private @Nullable String runHook(OngoingOperation operation)
            throws IOException, InterruptedException {
        PostgresSettings settings = instance.settings();
        String hook = settings.bootstrap().postBootstrap();
        if (hook == null || hook.isBlank()) {
            return null;
        }
        operation.progress("running post_bootstrap");
        List<String> command = new ArrayList<>(CommandLine.split(hook));
        command.add(
                ConnInfo.forTool(
                        instance.sessions().localPlace(),
                        settings.roles().superuser(),
                        null,
                        Sessions.DATABASE));
        Path passfile = instance.state().passfile();
        DurableFiles.replace(passfile, ConfigurationFiles.passfile(settings));
        Map<String, String> environment = CleanEnvironment.forServer();
        environment.put("PGPASSFILE", passfile.toString());
        environment.put("PGOPTIONS", "-c synchronous_commit=local -c statement_timeout=0");
        Tool.Result result =
                operation.finish(
                        Tool.ofUser(
                                command, environment, instance.state().toolLog("post_bootstrap")),
                        HOOK_LIMIT);
        return result.succeeded()
                ? null
                : "post_bootstrap has ended with exit code "
                        + result.exitCode()
                        + ": "
                        + result.lastLines();
    }
}
