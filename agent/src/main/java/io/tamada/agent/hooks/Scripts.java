package io.tamada.agent.hooks;

import io.tamada.core.cluster.RemoteSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The user's commands, each a line that is split into words as a shell does.
///
/// @param callbacks by Patroni's name of the moment, `on_start` and its kin.
/// @param beforeStop is waited for before a server is stopped.
/// @param prePromote may forbid a promotion, by an exit code other than zero.
/// @param bootstrap makes a new cluster in the place of initdb; null for initdb.
/// @param methods every way to make a replica that the file describes, whether or not it is listed,
///     by name.
/// @param replicaMethods in the order in which they are tried; empty for pg_basebackup alone.
public record Scripts(
        SortedMap<String, String> callbacks,
        @Nullable String beforeStop,
        @Nullable String prePromote,
        @Nullable CustomBootstrap bootstrap,
        SortedMap<String, ReplicaMethod> methods,
        List<ReplicaMethod> replicaMethods) {

    public static final Scripts NONE =
            new Scripts(new TreeMap<>(), null, null, null, new TreeMap<>(), List.of());

    /// @param noParams whether the command is called without `--scope` and `--datadir`.
    /// @param keepRecovery whether recovery settings that the command has left are kept.
    /// @param recoveryConf recovery settings for the first start; empty when there are none.
    public record CustomBootstrap(
            String command,
            boolean noParams,
            boolean keepRecovery,
            SortedMap<String, String> recoveryConf,
            SequencedMap<String, String> options) {

        public CustomBootstrap {
            options = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(options));
            recoveryConf = Collections.unmodifiableSortedMap(new TreeMap<>(recoveryConf));
        }

        /// Whether the first start recovers, and becomes a primary when that has ended.
        public boolean recovers() {
            return keepRecovery || !recoveryConf.isEmpty();
        }
    }

    /// @param keepData whether the command finds the old data directory.
    /// @param noParams whether the usual arguments are left out.
    /// @param options further arguments, `--key=value`.
    public record ReplicaMethod(
            String name,
            String command,
            boolean keepData,
            boolean noParams,
            SequencedMap<String, String> options) {

        /// By which a method says that it can do without a leader; the second in older files.
        private static final List<String> NO_LEADER = List.of("no_leader", "no_master");

        private static final List<String> FALSE = List.of("", "0", "false", "no", "off", "n", "f");

        /// Whether it makes a replica also while nobody leads.
        public boolean needsNoLeader() {
            for (String key : NO_LEADER) {
                String value = options.get(key);
                if (value != null && !FALSE.contains(value.toLowerCase(Locale.ROOT))) {
                    return true;
                }
            }
            return false;
        }

        /// The one that the agent has itself.
        public static final String BASE_BACKUP = "basebackup";

        /// Without a section of its own.
        public static ReplicaMethod of(String name) {
            return new ReplicaMethod(name, name, false, false, new LinkedHashMap<>());
        }

        public ReplicaMethod {
            options = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(options));
        }

        public boolean isBaseBackup() {
            return name.equals(BASE_BACKUP);
        }
    }

    public Scripts {
        callbacks = Collections.unmodifiableSortedMap(new TreeMap<>(callbacks));
        methods = Collections.unmodifiableSortedMap(new TreeMap<>(methods));
        replicaMethods = List.copyOf(replicaMethods);
    }

    /// The methods that count while the cluster follows another one, or does not: each has its own
    /// list. One without a section of its own is a command of that name.
    ///
    /// @param remote whom the cluster follows; null for nobody.
    public List<ReplicaMethod> replicaMethods(@Nullable RemoteSource remote) {
        if (remote == null) {
            return replicaMethods;
        }
        List<ReplicaMethod> named = new ArrayList<>();
        for (String name : remote.createReplicaMethods()) {
            ReplicaMethod method = methods.get(name);
            named.add(method == null ? ReplicaMethod.of(name) : method);
        }
        return named;
    }

    public Scripts with(@Nullable CustomBootstrap custom) {
        return new Scripts(callbacks, beforeStop, prePromote, custom, methods, replicaMethods);
    }
}
