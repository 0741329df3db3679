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
        boolean failsafe,
        boolean useSlots) {

    /// How long the slot of an absent member is kept: shorter than the default, so that members
    /// are away for longer now and then.
    private static final Duration MEMBER_SLOTS_TTL = Duration.ofMinutes(2);

    /// One that no member uses, and every primary has to have.
    static final String PERMANENT_SLOT = "kept";

    /// How long something may show no progress: shorter than the default, so that it is waited for
    /// more often than once in a run.
    static final Duration PATIENCE = Duration.ofMinutes(1);

    String json() {
        return """
               {"ttl":%d,"loop_wait":%d,"retry_timeout":%d,"maximum_lag_on_failover":%d,\
               "primary_start_timeout":%d,"check_timeline":%b,"pause":%b,"failsafe_mode":%b,\
               "tamada":{"rejoin_patience":%d},\
               "synchronous_mode":"%s","synchronous_mode_strict":%b,"synchronous_node_count":%d,\
               "member_slots_ttl":%d,"slots":{"%s":{"type":"physical"}},\
               "postgresql":{"use_pg_rewind":true,"use_slots":%b,\
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
                        MEMBER_SLOTS_TTL.toSeconds(),
                        PERMANENT_SLOT,
                        useSlots,
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
                failsafe,
                useSlots);
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
                failsafe,
                useSlots);
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
                failsafe,
                useSlots);
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
                failsafe,
                useSlots);
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
                failsafe,
                useSlots);
    }
}
