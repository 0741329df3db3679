package io.tamada.core.port;

import io.tamada.core.decision.Action;
import io.tamada.core.decision.Decision;

/// Where the loop tells what it does. Implementations must not block.
public interface LoopJournal {

    /// After every tick, also when nothing has changed; what is worth a line is the journal's
    /// affair.
    void decided(Decision decision);

    /// A step of the plan could not be done.
    void failed(Action action, String reason);
}
