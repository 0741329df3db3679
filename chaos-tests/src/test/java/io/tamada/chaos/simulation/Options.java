package io.tamada.chaos.simulation;

import io.tamada.core.lease.LeaseTiming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What one run is like, drawn from its seed: the cluster, how fast things are, and what goes
/// wrong. Leaving out some faults altogether lets the others go deeper.
record Options(
        int nodes,
        LeaseTiming timing,
        boolean checkTimeline,
        boolean removeOnRewindFailure,
        long primaryStartTimeoutSeconds,
        double driftPartsPerMillion,
        long latencyNanos,
        long streamEveryNanos,
        long walReceiverTimeoutNanos,
        long walSenderTimeoutNanos,
        long stopNanos,
        long startNanos,
        long crashRecoveryNanos,
        long promoteNanos,
        long copyNanos,
        long writeEveryNanos,
        long safetyNanos,
        long faultEveryNanos,
        List<FaultKind> faults,
        int answerLost,
        int requestLate,
        int agentStall,
        int operationFails,
        int quitIgnored,
        int wakeLost) {

    /// The rules pause up to a minute after failures in a row.
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private static final long QUIET_BETWEEN_FAULTS = 120_000_000_000L;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final int[] NODE_COUNTS = {3, 3, 3, 5, 2};
    private static final double[] DRIFTS = {0, 50, 500, 5_000};
    private static final long[] START_TIMEOUTS = {300, 300, 10, 0};

    /// How faults follow each other: so close that they strike while the last one is not yet
    /// overcome, or with time in between in which slow things can go wrong.
    private enum Pattern {
        STORM(1, 60 * SECOND, 3 * SECOND),
        STORM_AT_LEISURE(4, 240 * SECOND, 12 * SECOND),
        YEARS_OF_SERVICE(8, 2_400 * SECOND, 18 * SECOND);

        final long pace;
        final long lasts;
        final long faultEvery;

        Pattern(long pace, long lasts, long faultEvery) {
            this.pace = pace;
            this.lasts = lasts;
            this.faultEvery = faultEvery;
        }
    }

    Options {
        faults = List.copyOf(faults);
    }

    static Options draw(SplittableRandom random) {
        Pattern pattern = Pattern.values()[random.nextInt(Pattern.values().length)];
        LeaseTiming timing = pattern == Pattern.STORM ? seconds(5, 1, 2) : seconds(30, 10, 10);
        List<FaultKind> faults = new ArrayList<>();
        for (FaultKind kind : FaultKind.values()) {
            if (random.nextInt(5) < 3) {
                faults.add(kind);
            }
        }
        if (faults.isEmpty()) {
            faults.add(FaultKind.NODE_CRASH);
        }
        return new Options(
                NODE_COUNTS[random.nextInt(NODE_COUNTS.length)],
                timing,
                random.nextBoolean(),
                random.nextBoolean(),
                START_TIMEOUTS[random.nextInt(START_TIMEOUTS.length)],
                DRIFTS[random.nextInt(DRIFTS.length)],
                200_000 + random.nextLong(5 * MILLI),
                2 * MILLI + random.nextLong(60 * MILLI),
                (5 + random.nextLong(55)) * SECOND,
                (5 + random.nextLong(55)) * SECOND,
                20 * MILLI + random.nextLong(2 * SECOND),
                50 * MILLI + random.nextLong(SECOND),
                100 * MILLI + random.nextLong(8 * SECOND),
                20 * MILLI + random.nextLong(SECOND),
                300 * MILLI + random.nextLong(8 * SECOND),
                pattern.pace * (40 * MILLI + random.nextLong(160 * MILLI)),
                pattern.lasts + random.nextLong(pattern.lasts),
                pattern.faultEvery + random.nextLong(4 * pattern.faultEvery),
                faults,
                sometimes(random, 30),
                sometimes(random, 20),
                sometimes(random, 20),
                sometimes(random, 150),
                sometimes(random, 500),
                sometimes(random, 500));
    }

    /// A cluster to which nothing happens.
    Options quiet() {
        return with(List.of(), 0, 0, 0, 0, 0, 0);
    }

    /// A cluster to which only this happens, with time to recover in between.
    Options only(FaultKind fault) {
        return with(List.of(fault), 0, 0, 0, 0, 0, 0);
    }

    private Options with(
            List<FaultKind> chosen,
            int answers,
            int requests,
            int stalls,
            int operations,
            int quits,
            int wakes) {
        return new Options(
                nodes,
                timing,
                checkTimeline,
                removeOnRewindFailure,
                primaryStartTimeoutSeconds,
                driftPartsPerMillion,
                latencyNanos,
                streamEveryNanos,
                walReceiverTimeoutNanos,
                walSenderTimeoutNanos,
                stopNanos,
                startNanos,
                crashRecoveryNanos,
                promoteNanos,
                copyNanos,
                writeEveryNanos,
                10 * QUIET_BETWEEN_FAULTS,
                QUIET_BETWEEN_FAULTS,
                chosen,
                answers,
                requests,
                stalls,
                operations,
                quits,
                wakes);
    }

    private static int sometimes(SplittableRandom random, int bound) {
        int rate = random.nextInt(bound);
        return random.nextBoolean() ? rate : 0;
    }

    private static LeaseTiming seconds(long ttl, long loopWait, long retryTimeout) {
        return new LeaseTiming(
                Duration.ofSeconds(ttl),
                Duration.ofSeconds(loopWait),
                Duration.ofSeconds(retryTimeout));
    }

    /// From healing to one primary with everybody streaming from it.
    Duration livenessBound() {
        return timing.ttl().multipliedBy(10).plus(LONGEST_PAUSE);
    }

    void applyTo(Weather weather) {
        weather.answerLost = answerLost;
        weather.requestLate = requestLate;
        weather.agentStall = agentStall;
        weather.operationFails = operationFails;
        weather.quitIgnored = quitIgnored;
        weather.wakeLost = wakeLost;
    }

    String configJson() {
        return """
               {"ttl":%d,"loop_wait":%d,"retry_timeout":%d,"maximum_lag_on_failover":1048576,\
               "primary_start_timeout":%d,"check_timeline":%b,"postgresql":{"use_pg_rewind":true,\
               "use_slots":true,"remove_data_directory_on_rewind_failure":%b}}"""
                .formatted(
                        timing.ttl().toSeconds(),
                        timing.loopWait().toSeconds(),
                        timing.retryTimeout().toSeconds(),
                        primaryStartTimeoutSeconds,
                        checkTimeline,
                        removeOnRewindFailure);
    }

    /// One option a line, for the head of a failure.
    List<String> block() {
        return List.of(toString().replace("Options[", "").split(", (?=[a-z]+[A-Za-z]*=)"));
    }
}
