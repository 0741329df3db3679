package io.tamada.agent.settings;

import io.tamada.agent.hooks.Scripts.CustomBootstrap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the first member of a new cluster does: `bootstrap` in the file.
///
/// @param dynamic `bootstrap.dcs`, the first content of the `config` key: maps, lists, strings,
///     booleans, longs and doubles, in the order of the file.
/// @param initdbOptions ready for the command line, such as `--data-checksums`.
/// @param hba lines for pg_hba.conf where `postgresql.pg_hba` has none.
/// @param postBootstrap a command to run once on the new cluster.
/// @param custom what makes the data directory; null for initdb.
public record BootstrapSettings(
        Map<String, Object> dynamic,
        List<String> initdbOptions,
        List<String> hba,
        List<User> users,
        @Nullable String postBootstrap,
        @Nullable CustomBootstrap custom) {

    /// A database user to create.
    ///
    /// @param options of `CREATE ROLE`, such as `createdb`.
    public record User(String name, @Nullable Secret password, List<String> options) {
        public User {
            options = List.copyOf(options);
        }
    }

    public BootstrapSettings {
        initdbOptions = List.copyOf(initdbOptions);
        hba = List.copyOf(hba);
        users = List.copyOf(users);
    }
}
