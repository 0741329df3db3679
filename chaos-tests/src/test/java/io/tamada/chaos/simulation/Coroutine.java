package io.tamada.chaos.simulation;

import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

/// Straight-line code that can be left in the middle and entered again, on the same thread.
///
/// The only class that touches the JDK's internal continuations: should they go, a pair of
/// threads that pass a baton can stand behind the same three methods.
final class Coroutine {

    private static final ContinuationScope SCOPE = new ContinuationScope("simulation");

    private final Continuation continuation;

    Coroutine(Runnable body) {
        this.continuation = new Continuation(SCOPE, body);
    }

    /// Runs the body until it suspends or ends. What the body throws comes out here.
    void resume() {
        continuation.run();
    }

    boolean hasEnded() {
        return continuation.isDone();
    }

    /// Leaves the body that is running; returns when somebody resumes it.
    static void suspend() {
        if (!Continuation.yield(SCOPE)) {
            throw new IllegalStateException("a simulated node cannot be left here: pinned");
        }
    }

    static boolean isRunningOne() {
        return Continuation.getCurrentContinuation(SCOPE) != null;
    }
}
