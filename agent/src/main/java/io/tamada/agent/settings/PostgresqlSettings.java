package io.tamada.agent.settings;

import io.tamada.agent.hooks.Scripts;
import io.tamada.agent.hooks.Scripts.ReplicaMethod;
import io.tamada.core.cluster.ClusterConfig.PostgresPart;
import io.tamada.core.cluster.RemoteSource;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The local PostgreSQL: `postgresql` in the file.
///
/// @param connectAddress what is published in the member key.
/// @param proxyAddress of a connection pool beside the server; only published.
/// @param binaryDirectory where the programs are; null means PATH.
/// @param binaryNames other names of programs by their usual one.
/// @param configDirectory of postgresql.conf; the data directory when absent.
/// @param database the one the agent connects to.
/// @param hba lines of pg_hba.conf; null when the file does not say.
/// @param ident lines of pg_ident.conf; null when the file does not say.
/// @param passfile where the password file is written; null means `pgpass` in the user's home.
/// @param baseBackupOptions ready for the command line of pg_basebackup.
/// @param customConf a file included in place of postgresql.base.conf.
/// @param scripts the user's commands, without that of the bootstrap.
public record PostgresqlSettings(
        Listen listen,
        HostPort connectAddress,
        @Nullable HostPort proxyAddress,
        Path dataDirectory,
        @Nullable Path binaryDirectory,
        Map<String, String> binaryNames,
        Path configDirectory,
        String database,
        Login superuser,
        Login replication,
        @Nullable Login rewind,
        SortedMap<String, String> parameters,
        @Nullable List<String> hba,
        @Nullable List<String> ident,
        @Nullable Path passfile,
        boolean useUnixSocket,
        boolean useUnixSocketForReplication,
        List<String> baseBackupOptions,
        SortedMap<String, String> recoveryConf,
        @Nullable Path customConf,
        int stopAndStartTimeoutSeconds,
        Overrides overrides,
        Scripts scripts) {

    /// The addresses PostgreSQL listens on; the first one is used for local connections.
    public record Listen(List<String> hosts, int port) {
        public Listen {
            hosts = List.copyOf(hosts);
        }
    }

    /// A database user the agent connects as.
    ///
    /// @param username null means the name of the operating system's user.
    /// @param tls libpq's connection parameters such as `sslmode`, by name.
    /// @param sslPassword of the client key.
    public record Login(
            @Nullable String username,
            @Nullable Secret password,
            SortedMap<String, String> tls,
            @Nullable Secret sslPassword) {
        public Login {
            tls = Collections.unmodifiableSortedMap(new TreeMap<>(tls));
        }
    }

    /// Dynamic settings that this member's file overrides; null where it does not.
    public record Overrides(
            @Nullable Boolean usePgRewind,
            @Nullable Boolean removeDataDirectoryOnRewindFailure,
            @Nullable Boolean removeDataDirectoryOnDivergedTimelines) {}

    /// Parameters that must be the same on all members or follow from other settings: Patroni
    /// takes them from the dynamic configuration alone and passes over a member's own values.
    static final Set<String> CLUSTER_WIDE =
            Collections.unmodifiableSet(
                    new java.util.TreeSet<>(
                            List.of(
                                    "listen_addresses",
                                    "port",
                                    "cluster_name",
                                    "wal_level",
                                    "hot_standby",
                                    "max_connections",
                                    "max_wal_senders",
                                    "wal_keep_segments",
                                    "wal_keep_size",
                                    "max_prepared_transactions",
                                    "max_locks_per_transaction",
                                    "track_commit_timestamp",
                                    "max_replication_slots",
                                    "max_worker_processes",
                                    "wal_log_hints")));

    public PostgresqlSettings {
        binaryNames = Collections.unmodifiableMap(new TreeMap<>(binaryNames));
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        recoveryConf = Collections.unmodifiableSortedMap(new TreeMap<>(recoveryConf));
        hba = hba == null ? null : List.copyOf(hba);
        ident = ident == null ? null : List.copyOf(ident);
        baseBackupOptions = List.copyOf(baseBackupOptions);
    }

    /// The dynamic settings with this member's own laid over them, as Patroni combines the two:
    /// the file wins, except for `use_slots` and the parameters that are cluster-wide.
    ///
    /// @param remote whom the cluster follows; null for nobody.
    public PostgresPart over(PostgresPart dynamic, @Nullable RemoteSource remote) {
        SortedMap<String, String> merged = new TreeMap<>(dynamic.parameters());
        parameters.forEach(
                (name, value) -> {
                    if (!CLUSTER_WIDE.contains(name)) {
                        merged.put(name, value);
                    }
                });
        return new PostgresPart(
                either(overrides.usePgRewind(), dynamic.usePgRewind()),
                dynamic.useSlots(),
                either(
                        overrides.removeDataDirectoryOnRewindFailure(),
                        dynamic.removeDataDirectoryOnRewindFailure()),
                either(
                        overrides.removeDataDirectoryOnDivergedTimelines(),
                        dynamic.removeDataDirectoryOnDivergedTimelines()),
                merged,
                hba == null ? dynamic.hba() : hba,
                ident == null ? dynamic.ident() : ident,
                recoveryConf.isEmpty() ? dynamic.recoveryConf() : recoveryConf,
                customConf == null ? dynamic.customConf() : customConf.toString(),
                scripts.replicaMethods(remote).stream().anyMatch(ReplicaMethod::needsNoLeader));
    }

    private static boolean either(@Nullable Boolean own, boolean dynamic) {
        return own == null ? dynamic : own;
    }
}
