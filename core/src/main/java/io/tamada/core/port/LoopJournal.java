package io.tamada.core.port;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.decision.Action;
import io.tamada.core.decision.Decision;
import io.tamada.core.lease.LeaseTiming;
import org.jspecify.annotations.Nullable;

/// Where the loop tells what it does. Implementations must not block.
public interface LoopJournal {

    /// After every tick, also when nothing has changed; what is worth a line is the journal's
    /// affair.
    void decided(Decision decision);

    /// The times of the lease that are in force now differ from those of the turn before.
    ///
    /// @param wanted what the dynamic configuration asks for.
    void timingChanged(LeaseTiming inForce, ClusterConfig wanted);

    /// What the rungs outside the agent lack has changed.
    ///
    /// @param missing what a primary here runs, or would run, without; null when nothing is.
    void fencing(@Nullable String missing);

    /// Why the last operation has failed, each turn while it is the last: whoever ran it has told
    /// the whole, and a decision that quotes it need not.
    default void knows(String operationFailure) {}

    /// Another member was faster, or what a race is decided on has changed meanwhile: every race
    /// has losers, and nothing is wrong with them.
    default void raceLost(String reason) {}

    /// A step of the plan could not be done.
    void failed(Action action, String reason);
}
