package io.tamada.chaos.faults;

import java.time.Duration;

/// What a row may show, and what it may not.
///
/// @param afterThaw how long after the thaw of a frozen node its server may still acknowledge;
///     zero for every row but that of the freeze.
/// @param outage the longest time without any acknowledged write.
public record Expectation(
        Leader leader, Loss loss, Writes writes, Duration afterThaw, Duration outage) {

    /// Whether somebody else may lead afterwards.
    public enum Leader {
        CHANGES,
        STAYS,
        EITHER
    }

    /// Which acknowledged rows may be missing at the end.
    public enum Loss {
        NONE,
        /// Asynchronous replication: those of the last moments before the old primary's end.
        IN_FLIGHT,
        /// The fault itself holds replication up; the loss is told.
        HELD_BACK
    }

    /// Whether a writer on the primary may see an error.
    public enum Writes {
        MAY_FAIL,
        NEVER_FAIL
    }

    /// What nothing that is done to a three-node cluster may cost more than.
    static final Duration LONGEST_OUTAGE = Duration.ofSeconds(30);

    static Expectation of(Leader leader) {
        return new Expectation(
                leader, Loss.IN_FLIGHT, Writes.MAY_FAIL, Duration.ZERO, LONGEST_OUTAGE);
    }

    Expectation losingNothing() {
        return new Expectation(leader, Loss.NONE, writes, afterThaw, outage);
    }

    Expectation losingWhatWasHeldBack() {
        return new Expectation(leader, Loss.HELD_BACK, writes, afterThaw, outage);
    }

    Expectation withoutFailedWrite() {
        return new Expectation(leader, loss, Writes.NEVER_FAIL, afterThaw, outage);
    }

    Expectation allowingAfterThaw(Duration length) {
        return new Expectation(leader, loss, writes, length, outage);
    }

    Expectation withOutageUpTo(Duration longest) {
        return new Expectation(leader, loss, writes, afterThaw, longest);
    }
}
