package io.tamada.chaos.simulation;

import java.util.SplittableRandom;

/// How bad the world is just now, as chances in a thousand (stalls: in ten thousand): what
/// strikes at random, as against the faults that have a beginning and an end.
///
/// @param answerLost an answer of etcd is lost after the request was applied.
/// @param requestLate a request to etcd arrives long after it was sent.
/// @param agentStall the agent gets no processor time for a while, between two of its steps.
/// @param operationFails a long operation on an instance fails.
/// @param quitIgnored SIGQUIT has no effect; only SIGKILL ends the server.
/// @param wakeLost a wake-up by the watch never comes.
record Weather(
        int answerLost,
        int requestLate,
        int agentStall,
        int operationFails,
        int quitIgnored,
        int wakeLost) {

    static final Weather CALM = new Weather(0, 0, 0, 0, 0, 0);

    static Weather draw(SplittableRandom random) {
        return new Weather(
                sometimes(random, 30),
                sometimes(random, 20),
                sometimes(random, 20),
                sometimes(random, 150),
                sometimes(random, 500),
                sometimes(random, 500));
    }

    private static int sometimes(SplittableRandom random, int bound) {
        int rate = random.nextInt(bound);
        return random.nextBoolean() ? rate : 0;
    }

    /// Whether something may happen that is not counted as a fault.
    boolean isStormy() {
        return answerLost + agentStall + operationFails + requestLate > 0;
    }
}
