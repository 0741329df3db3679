package io.tamada.agent.postgres;

import io.tamada.core.member.MemberName;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the local configuration says about this PostgreSQL instance.
///
/// @param scope name of the cluster, becomes `cluster_name`.
/// @param listen where the server listens.
/// @param connectAddress where others reach it.
/// @param binaries the PostgreSQL programs.
/// @param configDirectory where the configuration files are when not in the data directory.
/// @param stateDirectory where the agent keeps its own records, see {@link #beside}.
/// @param pgpass the file that `primary_conninfo` names as `passfile`.
/// @param initdbOptions as they go on initdb's command line, for example `--data-checksums`.
/// @param basebackupOptions the same for pg_basebackup.
/// @param parameters local server parameters; they override the dynamic ones.
/// @param hba lines of pg_hba.conf; empty means that the dynamic ones, or the file, count.
/// @param ident lines of pg_ident.conf, in the same way.
/// @param bootstrap what is done once, after our own initdb.
/// @param output where the server writes what it prints before its own logging begins.
public record PostgresSettings(
        String scope,
        MemberName memberName,
        Listen listen,
        ConnectAddress connectAddress,
        LocalAccess localAccess,
        Path dataDirectory,
        Binaries binaries,
        @Nullable Path configDirectory,
        Path stateDirectory,
        Path pgpass,
        Roles roles,
        List<String> initdbOptions,
        List<String> basebackupOptions,
        SortedMap<String, String> parameters,
        List<String> hba,
        List<String> ident,
        Bootstrap bootstrap,
        ServerOutput output) {

    /// `listen_addresses` as PostgreSQL wants it, and the port.
    public record Listen(String addresses, int port) {}

    public record ConnectAddress(String host, int port) {}

    /// How the agent itself reaches the server.
    ///
    /// @param socket whether over the server's Unix socket, where there is one; or else over TCP.
    /// @param socketForReplication the same for the replication protocol.
    public record LocalAccess(boolean socket, boolean socketForReplication) {

        public static final LocalAccess TCP = new LocalAccess(false, false);
        public static final LocalAccess UNIX_SOCKET = new LocalAccess(true, true);
    }

    /// The PostgreSQL programs.
    ///
    /// @param names those that are called otherwise than usual, by their usual name.
    public record Binaries(Path directory, Map<String, String> names) {

        public Binaries {
            directory = directory.toAbsolutePath().normalize();
            names = Map.copyOf(names);
        }

        public static Binaries in(Path directory) {
            return new Binaries(directory, Map.of());
        }

        Path program(String name) {
            return directory.resolve(names.getOrDefault(name, name));
        }
    }

    /// Where the server's standard output and error go. Never a pipe: a stopped agent would
    /// block every backend that logs.
    public enum ServerOutput {
        /// A file in the state directory.
        FILE,
        /// The agent's own.
        INHERITED
    }

    /// A role that the agent uses.
    ///
    /// @param options further connection options in libpq's words (`sslmode`, `sslrootcert`,
    ///     ...).
    public record Role(String name, @Nullable String password, SortedMap<String, String> options) {

        public Role {
            options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
        }

        public static Role of(String name, @Nullable String password) {
            return new Role(name, password, new TreeMap<>());
        }

        /// Without the password: settings get printed.
        @Override
        public String toString() {
            return "Role[" + name + "]";
        }
    }

    /// @param rewind null when the superuser does the rewinding.
    public record Roles(Role superuser, Role replication, @Nullable Role rewind) {

        public Role forRewind() {
            return rewind == null ? superuser : rewind;
        }
    }

    /// @param hba lines appended to the pg_hba.conf that initdb made.
    /// @param users roles to create.
    /// @param postBootstrap command line to run, with a connection URL as its last argument.
    public record Bootstrap(
            List<String> hba, List<BootstrapUser> users, @Nullable String postBootstrap) {

        public static final Bootstrap NOTHING = new Bootstrap(List.of(), List.of(), null);

        public Bootstrap {
            hba = List.copyOf(hba);
            users = List.copyOf(users);
        }
    }

    /// @param options attributes as CREATE ROLE takes them, for example `createdb`.
    public record BootstrapUser(String name, @Nullable String password, List<String> options) {

        public BootstrapUser {
            options = List.copyOf(options);
        }

        @Override
        public String toString() {
            return "BootstrapUser[" + name + ", " + options + "]";
        }
    }

    public PostgresSettings {
        dataDirectory = dataDirectory.toAbsolutePath().normalize();
        stateDirectory = stateDirectory.toAbsolutePath().normalize();
        pgpass = pgpass.toAbsolutePath().normalize();
        configDirectory =
                configDirectory == null ? null : configDirectory.toAbsolutePath().normalize();
        initdbOptions = List.copyOf(initdbOptions);
        basebackupOptions = List.copyOf(basebackupOptions);
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        hba = List.copyOf(hba);
        ident = List.copyOf(ident);
    }

    /// The default place of the agent's records: beside the data directory, because base backups
    /// and rewinds copy what is inside.
    public static Path beside(Path dataDirectory) {
        Path absolute = dataDirectory.toAbsolutePath().normalize();
        return absolute.resolveSibling(absolute.getFileName() + ".tamada");
    }

    /// Where postgresql.conf and its companions are.
    public Path configFiles() {
        return configDirectory == null ? dataDirectory : configDirectory;
    }

    public Path program(String name) {
        return binaries.program(name);
    }

    /// The roles by which the agents of the cluster connect.
    List<String> ownRoles() {
        SortedMap<String, Role> own = new TreeMap<>();
        for (Role role : new Role[] {roles.superuser(), roles.replication(), roles.forRewind()}) {
            own.put(role.name(), role);
        }
        return List.copyOf(own.keySet());
    }

    /// Passwords by role, as a passfile lists them.
    Map<String, String> passwords() {
        SortedMap<String, String> passwords = new TreeMap<>();
        for (Role role : new Role[] {roles.superuser(), roles.replication(), roles.forRewind()}) {
            if (role.password() != null) {
                passwords.put(role.name(), role.password());
            }
        }
        return passwords;
    }
}
