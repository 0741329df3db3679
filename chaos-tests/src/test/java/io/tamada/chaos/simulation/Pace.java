package io.tamada.chaos.simulation;

import java.util.SplittableRandom;

/// How long things take in one run, in nanoseconds.
///
/// @param stream from news at the upstream to its standby.
record Pace(
        long latency,
        long stream,
        long walReceiverTimeout,
        long walSenderTimeout,
        long stop,
        long start,
        long crashRecovery,
        long promote,
        long copy,
        long writeEvery) {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    static Pace draw(SplittableRandom random, long writeSlowness) {
        return new Pace(
                200_000 + random.nextLong(5 * MILLI),
                2 * MILLI + random.nextLong(60 * MILLI),
                (5 + random.nextLong(55)) * SECOND,
                (5 + random.nextLong(55)) * SECOND,
                20 * MILLI + random.nextLong(2 * SECOND),
                50 * MILLI + random.nextLong(SECOND),
                100 * MILLI + random.nextLong(8 * SECOND),
                20 * MILLI + random.nextLong(SECOND),
                300 * MILLI + random.nextLong(8 * SECOND),
                writeSlowness * (40 * MILLI + random.nextLong(160 * MILLI)));
    }
}
