package io.tamada.agent.postgres;

import io.tamada.agent.postgres.PostgresSettings.Role;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Utils;

/// What pg_rewind calls on its source (PostgreSQL manual, "pg_rewind"): who is no superuser needs
/// to be allowed each of them.
final class RewindPrivileges {

    private static final List<String> FUNCTIONS =
            List.of(
                    "pg_ls_dir(text, boolean, boolean)",
                    "pg_stat_file(text, boolean)",
                    "pg_read_binary_file(text)",
                    "pg_read_binary_file(text, bigint, bigint, boolean)");

    private RewindPrivileges() {}

    /// One statement for each function.
    static List<String> grants(Role role) throws SQLException {
        List<String> grants = new ArrayList<>();
        for (String function : FUNCTIONS) {
            grants.add(grant(function, role));
        }
        return grants;
    }

    private static String grant(String function, Role role) throws SQLException {
        StringBuilder name = new StringBuilder();
        return "GRANT EXECUTE ON FUNCTION pg_catalog."
                + function
                + " TO "
                + Utils.escapeIdentifier(name, role.name());
    }

    /// What the role of this connection lacks, with the statements that give it; null when it
    /// lacks nothing.
    ///
    /// @param settingsKey where the role is set, for people.
    static @Nullable String lacking(Connection connection, Role role, String settingsKey)
            throws SQLException {
        List<String> missing = new ArrayList<>();
        StringBuilder query = new StringBuilder("SELECT true");
        for (String function : FUNCTIONS) {
            query.append(", pg_catalog.has_function_privilege('pg_catalog.")
                    .append(function)
                    .append("', 'EXECUTE')");
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query.toString())) {
            row.next();
            for (int i = 0; i < FUNCTIONS.size(); i++) {
                if (!row.getBoolean(i + 2)) {
                    missing.add(grant(FUNCTIONS.get(i), role));
                }
            }
        }
        return missing.isEmpty()
                ? null
                : "the role \""
                        + role.name()
                        + "\" (postgresql.authentication."
                        + settingsKey
                        + ") may not read files on the leader; type there, as a superuser: "
                        + String.join("; ", missing)
                        + ";";
    }
}
