package io.tamada.chaos.simulation;

/// How bad the world is just now, as chances in a thousand: what strikes at random, as against
/// the faults that have a beginning and an end.
final class Weather {

    /// An answer of etcd is lost after the request was applied.
    int answerLost;

    /// A request to etcd arrives long after it was sent.
    int requestLate;

    /// The agent gets no processor time for a while, between two of its steps.
    int agentStall;

    /// A long operation on an instance fails.
    int operationFails;

    /// SIGQUIT has no effect; only SIGKILL ends the server.
    int quitIgnored;

    /// A wake-up by the watch never comes.
    int wakeLost;

    void clear() {
        answerLost = 0;
        requestLate = 0;
        agentStall = 0;
        operationFails = 0;
        quitIgnored = 0;
        wakeLost = 0;
    }
}
