package io.tamada.chaos.simulation;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.member.MemberTags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What one run is like, drawn from its seed: the cluster, how fast things are, and what goes
/// wrong. Leaving out some faults altogether lets the others go deeper.
record Options(Cluster cluster, Pace pace, Course course, Weather weather) {

    private static final long SECOND = 1_000_000_000;
    private static final long QUIET_BETWEEN_FAULTS = 120 * SECOND;

    /// The rules pause up to a minute after failures in a row.
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private static final int[] NODE_COUNTS = {3, 3, 3, 5, 2};
    private static final double[] DRIFTS = {0, 50, 500, 5_000};
    private static final long[] MAXIMUM_LAGS = {1 << 20, 1 << 14, 1 << 12};
    private static final SynchronousMode[] MODES = {
        SynchronousMode.OFF, SynchronousMode.OFF, SynchronousMode.ON, SynchronousMode.QUORUM
    };
    private static final long[] START_TIMEOUTS = {300, 300, 10, 0};
    private static final Tagging[] TAGGINGS = {
        Tagging.NONE, Tagging.CASCADE, Tagging.CLONE_SOURCE, Tagging.MIXED, Tagging.MIXED
    };
    private static final Archive.Kind[] ARCHIVES = {
        Archive.Kind.NONE, Archive.Kind.NEAR, Archive.Kind.LAGGING
    };
    private static final FencingStatus.Mode[] GUARDS = {
        FencingStatus.Mode.AUTOMATIC,
        FencingStatus.Mode.AUTOMATIC,
        FencingStatus.Mode.REQUIRED,
        FencingStatus.Mode.OFF
    };

    /// What is to be run, and how it is set up.
    record Cluster(
            int nodes,
            LeaseTiming timing,
            Tagging tagging,
            long tagSeed,
            FencingStatus.Mode guard,
            double driftPartsPerMillion,
            long maximumLag,
            boolean checkTimeline,
            boolean removeOnRewindFailure,
            long primaryStartTimeoutSeconds,
            SynchronousMode synchronousMode,
            boolean strict,
            int syncNodes,
            boolean failsafe,
            Archive.Kind archive,
            boolean useSlots) {

        MemberTags tags(int node) {
            return tagging.of(node, nodes, tagSeed);
        }

        boolean isGuarded() {
            return guard != FencingStatus.Mode.OFF;
        }

        Settings settings() {
            return new Settings(
                    timing,
                    maximumLag,
                    primaryStartTimeoutSeconds,
                    checkTimeline,
                    removeOnRewindFailure,
                    new ClusterConfig.Synchronous(synchronousMode, strict, syncNodes, -1),
                    false,
                    failsafe,
                    useSlots);
        }
    }

    /// How long it goes on, and which faults there are.
    ///
    /// @param lulls how often everything is mended meanwhile, for the cluster to become whole.
    record Course(long lastsNanos, long faultEveryNanos, List<FaultKind> faults, int lulls) {
        Course {
            faults = List.copyOf(faults);
        }
    }

    /// How faults follow each other: so close that they strike while the last one is not yet
    /// overcome, or with time in between in which slow things can go wrong.
    private enum Pattern {
        STORM(1, 60 * SECOND, 3 * SECOND),
        STORM_AT_LEISURE(4, 240 * SECOND, 12 * SECOND),
        LONG_SERVICE(8, 2_400 * SECOND, 18 * SECOND);

        final long writeSlowness;
        final long lastsNanos;
        final long faultEveryNanos;

        Pattern(long writeSlowness, long lastsNanos, long faultEveryNanos) {
            this.writeSlowness = writeSlowness;
            this.lastsNanos = lastsNanos;
            this.faultEveryNanos = faultEveryNanos;
        }
    }

    static Options draw(SplittableRandom random) {
        Pattern pattern = Pattern.values()[random.nextInt(Pattern.values().length)];
        return new Options(
                cluster(random.split(), pattern),
                Pace.draw(random.split(), pattern.writeSlowness),
                course(random.split(), pattern),
                Weather.draw(random.split()));
    }

    private static Cluster cluster(SplittableRandom random, Pattern pattern) {
        return new Cluster(
                NODE_COUNTS[random.nextInt(NODE_COUNTS.length)],
                pattern == Pattern.STORM ? seconds(5, 1, 2) : seconds(30, 10, 10),
                TAGGINGS[random.nextInt(TAGGINGS.length)],
                random.nextLong(),
                GUARDS[random.nextInt(GUARDS.length)],
                DRIFTS[random.nextInt(DRIFTS.length)],
                MAXIMUM_LAGS[random.nextInt(MAXIMUM_LAGS.length)],
                random.nextBoolean(),
                random.nextBoolean(),
                START_TIMEOUTS[random.nextInt(START_TIMEOUTS.length)],
                MODES[random.nextInt(MODES.length)],
                random.nextInt(4) == 0,
                random.nextInt(3) == 0 ? 2 : 1,
                random.nextInt(3) == 0,
                ARCHIVES[random.nextInt(ARCHIVES.length)],
                random.nextInt(3) > 0);
    }

    private static Course course(SplittableRandom random, Pattern pattern) {
        List<FaultKind> faults = new ArrayList<>();
        for (FaultKind kind : FaultKind.values()) {
            if (random.nextInt(5) < 3) {
                faults.add(kind);
            }
        }
        if (faults.isEmpty()) {
            faults.add(FaultKind.NODE_CRASH);
        }
        return new Course(
                pattern.lastsNanos + random.nextLong(pattern.lastsNanos),
                pattern.faultEveryNanos + random.nextLong(4 * pattern.faultEveryNanos),
                faults,
                random.nextInt(3));
    }

    private static LeaseTiming seconds(long ttl, long loopWait, long retryTimeout) {
        return new LeaseTiming(
                Duration.ofSeconds(ttl),
                Duration.ofSeconds(loopWait),
                Duration.ofSeconds(retryTimeout));
    }

    /// A cluster to which nothing happens.
    Options quiet() {
        return only(List.of());
    }

    /// A cluster to which only this happens, with time to recover in between.
    Options only(FaultKind fault) {
        return only(List.of(fault));
    }

    /// The same, with failsafe mode on.
    Options failsafe() {
        return new Options(
                new Cluster(
                        cluster.nodes,
                        cluster.timing,
                        cluster.tagging,
                        cluster.tagSeed,
                        cluster.guard,
                        cluster.driftPartsPerMillion,
                        cluster.maximumLag,
                        cluster.checkTimeline,
                        cluster.removeOnRewindFailure,
                        cluster.primaryStartTimeoutSeconds,
                        cluster.synchronousMode,
                        cluster.strict,
                        cluster.syncNodes,
                        true,
                        cluster.archive,
                        cluster.useSlots),
                pace,
                course,
                weather);
    }

    /// The same at the same pace, but with these faults only.
    Options withFaults(List<FaultKind> faults) {
        return new Options(
                cluster,
                pace,
                new Course(course.lastsNanos, course.faultEveryNanos, faults, course.lulls),
                weather);
    }

    private Options only(List<FaultKind> faults) {
        return new Options(
                cluster,
                pace,
                new Course(10 * QUIET_BETWEEN_FAULTS, QUIET_BETWEEN_FAULTS, faults, 0),
                Weather.CALM);
    }

    long ttlNanos() {
        return cluster.timing.ttl().toNanos();
    }

    /// From healing to one primary with everybody streaming from it.
    Duration livenessBound() {
        return cluster.timing.ttl().multipliedBy(10).plus(LONGEST_PAUSE).plus(Settings.PATIENCE);
    }

    /// One option a line, for the head of a failure.
    List<String> block() {
        return List.of(
                toString()
                        .replaceAll("Options\\[|(cluster|pace|course|weather)=[A-Z][a-z]+\\[", "")
                        .split(", (?=[a-z]+[A-Za-z]*=)"));
    }
}
