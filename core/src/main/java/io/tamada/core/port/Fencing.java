package io.tamada.core.port;

import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.lease.WriteDeadline;

/// The rungs of the fencing ladder outside this process, as the loop uses them: they hear the
/// deadline, and act on it when nobody else does. Calls come from the loop's thread.
public interface Fencing {

    /// How the rungs stand; from memory, at once.
    FencingStatus observe();

    /// Makes the deadline known. Returns when every rung has confirmed it, or within a few hundred
    /// milliseconds what is missing; at once when that is known already. A rung that comes back
    /// hears of the last deadline by itself.
    Armed arm(WriteDeadline.Term term);

    sealed interface Armed {
        /// Every rung that is wanted has the deadline.
        record Confirmed() implements Armed {}

        /// A rung that is wanted, but not required, has not confirmed it.
        record Incomplete(String reason) implements Armed {}

        /// A rung that is required has not confirmed it.
        record Refused(String reason) implements Armed {}
    }

    /// Tells the rungs to stand down: the server cannot accept writes, or the operator has it in
    /// hand.
    ///
    /// @return whether each rung that is there has confirmed it; if not, the loop asks again.
    boolean disarm();

    /// No rung at all.
    Fencing NONE =
            new Fencing() {
                @Override
                public FencingStatus observe() {
                    return FencingStatus.OFF;
                }

                @Override
                public Armed arm(WriteDeadline.Term term) {
                    return new Armed.Confirmed();
                }

                @Override
                public boolean disarm() {
                    return true;
                }
            };
}
