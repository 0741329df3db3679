package io.tamada.chaos.simulation;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.lease.LeaseTiming;
import java.time.Duration;
import java.util.Locale;

/// The dynamic configuration that stands in the store.
record Settings(
        LeaseTiming timing,
        long maximumLag,
        long primaryStartTimeoutSeconds,
        boolean checkTimeline,
        boolean removeOnRewindFailure,
        ClusterConfig.Synchronous synchronous,
        boolean pause,
        boolean failsafe) {

    /// How long something may show no progress: shorter than the default, so that it is waited for
    /// more often than once in a run.
    static final Duration PATIENCE = Duration.ofMinutes(1);

    String json() {
        return """
               {"ttl":%d,"loop_wait":%d,"retry_timeout":%d,"maximum_lag_on_failover":%d,\
               "primary_start_timeout":%d,"check_timeline":%b,"pause":%b,"failsafe_mode":%b,\
               "tamada":{"rejoin_patience":%d},\
               "synchronous_mode":"%s","synchronous_mode_strict":%b,"synchronous_node_count":%d,\
               "postgresql":{"use_pg_rewind":true,"use_slots":true,\
               "remove_data_directory_on_rewind_failure":%b}}"""
                .formatted(
                        timing.ttl().toSeconds(),
                        timing.loopWait().toSeconds(),
                        timing.retryTimeout().toSeconds(),
                        maximumLag,
                        primaryStartTimeoutSeconds,
                        checkTimeline,
                        pause,
                        failsafe,
                        PATIENCE.toSeconds(),
                        synchronous.mode().name().toLowerCase(Locale.ROOT),
                        synchronous.strict(),
                        synchronous.nodeCount(),
                        removeOnRewindFailure);
    }

    Settings paused(boolean now) {
        return new Settings(
                timing,
                maximumLag,
                primaryStartTimeoutSeconds,
                checkTimeline,
                removeOnRewindFailure,
                synchronous,
                now,
                failsafe);
    }

    Settings with(LeaseTiming other) {
        return new Settings(
                other,
                maximumLag,
                primaryStartTimeoutSeconds,
                checkTimeline,
                removeOnRewindFailure,
                synchronous,
                pause,
                failsafe);
    }

    Settings synchronous(ClusterConfig.Synchronous other) {
        return new Settings(
                timing,
                maximumLag,
                primaryStartTimeoutSeconds,
                checkTimeline,
                removeOnRewindFailure,
                other,
                pause,
                failsafe);
    }

    Settings checkingTimeline(boolean now) {
        return new Settings(
                timing,
                maximumLag,
                primaryStartTimeoutSeconds,
                now,
                removeOnRewindFailure,
                synchronous,
                pause,
                failsafe);
    }

    Settings allowing(long lag) {
        return new Settings(
                timing,
                lag,
                primaryStartTimeoutSeconds,
                checkTimeline,
                removeOnRewindFailure,
                synchronous,
                pause,
                failsafe);
    }
}
