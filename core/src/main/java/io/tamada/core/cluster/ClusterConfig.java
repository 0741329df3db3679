package io.tamada.core.cluster;

import io.tamada.core.lease.LeaseTiming;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The dynamic configuration: the `config` key with Patroni's documented default for every absent
/// setting.
///
/// @param maximumLagOnFailoverBytes a candidate further behind the last known position may not
///     lead.
/// @param primaryStartTimeout how long a crashed primary may try to come back before it hands
///     over.
/// @param primaryStopTimeout bound of a stop in synchronous mode; zero means none.
/// @param slots replication slots.
/// @param pauseNote what is said about the pause; of no meaning without one.
/// @param synchronous settings of synchronous replication.
/// @param remote the cluster that this one follows; null for an ordinary one.
/// @param storageTimeout how long a primary's storage may refuse or hold up writes before it hands
///     over; zero means for ever. Ours; Patroni does not look at the storage.
/// @param rejoin settings of the way back, under `tamada`.
/// @param postgres settings under `postgresql`.
/// @param json the document as it was read, for those who show it.
public record ClusterConfig(
        Duration ttl,
        Duration loopWait,
        Duration retryTimeout,
        long maximumLagOnFailoverBytes,
        Duration primaryStartTimeout,
        Duration primaryStopTimeout,
        SlotSettings slots,
        int maxTimelinesHistory,
        boolean checkTimeline,
        boolean pause,
        PauseNote pauseNote,
        boolean failsafeMode,
        Synchronous synchronous,
        @Nullable RemoteSource remote,
        Duration storageTimeout,
        Rejoin rejoin,
        PostgresPart postgres,
        String json) {

    /// How a member comes back. Ours; a Patroni neither calls off what does not get on nor
    /// replaces data by itself.
    ///
    /// @param rebuildStandby whether a standby that cannot go on from its own data, and holds
    ///     nothing that the leader has not, is cloned again.
    /// @param rebuildLagBytes a standby that stays further behind than this is cloned again; zero
    ///     means that no lag is a reason.
    /// @param patience how long a start, a clone, a rewind or the receipt of WAL may show no
    ///     progress.
    public record Rejoin(boolean rebuildStandby, long rebuildLagBytes, Duration patience) {

        public static final Rejoin DEFAULTS = new Rejoin(true, 0, Duration.ofMinutes(5));
    }

    /// Settings of synchronous replication, which stand at the top of the dynamic configuration.
    ///
    /// @param mode `synchronous_mode`.
    /// @param strict `synchronous_mode_strict`: with no standby to wait for, commits wait for one.
    /// @param nodeCount `synchronous_node_count`: how many standbys a commit waits for; at least 1.
    /// @param maximumLagOnSyncnodeBytes `maximum_lag_on_syncnode`: a standby further behind than
    ///     this is not waited for; zero or less means that none is too far behind.
    public record Synchronous(
            SynchronousMode mode, boolean strict, int nodeCount, long maximumLagOnSyncnodeBytes) {

        public static final Synchronous OFF = new Synchronous(SynchronousMode.OFF, false, 1, -1);

        public Synchronous {
            nodeCount = Math.max(1, nodeCount);
        }

        public Synchronous with(SynchronousMode other) {
            return new Synchronous(other, strict, nodeCount, maximumLagOnSyncnodeBytes);
        }

        public boolean isOn() {
            return mode != SynchronousMode.OFF;
        }
    }

    /// Settings under `postgresql` in the dynamic configuration. `parameters` values are as they
    /// go into postgresql.conf, unquoted.
    ///
    /// @param recoveryConf `recovery_conf`: recovery settings of a standby, for example
    ///     `restore_command`, as they go into postgresql.conf.
    /// @param customConf `custom_conf`: the file that the generated one includes in place of
    ///     postgresql.base.conf; null for that.
    /// @param copiesWithoutLeader whether this member has a way of its own to make a copy while
    ///     nobody leads.
    public record PostgresPart(
            boolean usePgRewind,
            boolean useSlots,
            boolean removeDataDirectoryOnRewindFailure,
            boolean removeDataDirectoryOnDivergedTimelines,
            SortedMap<String, String> parameters,
            List<String> hba,
            List<String> ident,
            SortedMap<String, String> recoveryConf,
            @Nullable String customConf,
            boolean copiesWithoutLeader) {

        /// Without recovery settings, a file, or methods to make replicas of the user's.
        public PostgresPart(
                boolean usePgRewind,
                boolean useSlots,
                boolean removeDataDirectoryOnRewindFailure,
                boolean removeDataDirectoryOnDivergedTimelines,
                SortedMap<String, String> parameters,
                List<String> hba,
                List<String> ident) {
            this(
                    usePgRewind,
                    useSlots,
                    removeDataDirectoryOnRewindFailure,
                    removeDataDirectoryOnDivergedTimelines,
                    parameters,
                    hba,
                    ident,
                    new TreeMap<>(),
                    null,
                    false);
        }

        public static final PostgresPart DEFAULTS =
                new PostgresPart(false, true, false, false, new TreeMap<>(), List.of(), List.of());

        public PostgresPart {
            parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
            hba = List.copyOf(hba);
            ident = List.copyOf(ident);
            recoveryConf = Collections.unmodifiableSortedMap(new TreeMap<>(recoveryConf));
        }
    }

    public static final ClusterConfig DEFAULTS =
            new ClusterConfig(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    1_048_576,
                    Duration.ofSeconds(300),
                    Duration.ZERO,
                    SlotSettings.DEFAULTS,
                    0,
                    false,
                    false,
                    PauseNote.NONE,
                    false,
                    Synchronous.OFF,
                    null,
                    Duration.ofSeconds(30),
                    Rejoin.DEFAULTS,
                    PostgresPart.DEFAULTS,
                    "{}");

    /// Whether the cluster follows another one.
    public boolean standbyCluster() {
        return remote != null;
    }

    /// Patroni's minima, in force as soon as one member is not a Tamada: a Patroni would raise
    /// its own values, and the cluster must agree on one ttl.
    private static final Duration PATRONI_MINIMUM_TTL = Duration.ofSeconds(20);

    private static final Duration PATRONI_MINIMUM_LOOP_WAIT = Duration.ofSeconds(1);
    private static final Duration PATRONI_MINIMUM_RETRY_TIMEOUT = Duration.ofSeconds(3);

    /// Who the members are decides how short the times may be.
    public enum Company {
        ONLY_TAMADAS,
        WITH_PATRONI
    }

    /// The lease times in force.
    public LeaseTiming timing(Company company) {
        return switch (company) {
            case ONLY_TAMADAS -> LeaseTiming.adjusted(ttl, loopWait, retryTimeout);
            case WITH_PATRONI ->
                    LeaseTiming.adjusted(
                            atLeast(PATRONI_MINIMUM_TTL, ttl),
                            atLeast(PATRONI_MINIMUM_LOOP_WAIT, loopWait),
                            atLeast(PATRONI_MINIMUM_RETRY_TIMEOUT, retryTimeout));
        };
    }

    private static Duration atLeast(Duration minimum, Duration value) {
        return value.compareTo(minimum) < 0 ? minimum : value;
    }

    public ClusterConfig withSlots(SlotSettings settings) {
        return new ClusterConfig(
                ttl,
                loopWait,
                retryTimeout,
                maximumLagOnFailoverBytes,
                primaryStartTimeout,
                primaryStopTimeout,
                settings,
                maxTimelinesHistory,
                checkTimeline,
                pause,
                pauseNote,
                failsafeMode,
                synchronous,
                remote,
                storageTimeout,
                rejoin,
                postgres,
                json);
    }

    public ClusterConfig withPostgres(PostgresPart part) {
        return new ClusterConfig(
                ttl,
                loopWait,
                retryTimeout,
                maximumLagOnFailoverBytes,
                primaryStartTimeout,
                primaryStopTimeout,
                slots,
                maxTimelinesHistory,
                checkTimeline,
                pause,
                pauseNote,
                failsafeMode,
                synchronous,
                remote,
                storageTimeout,
                rejoin,
                part,
                json);
    }
}
