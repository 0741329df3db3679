package io.tamada.chaos.faults;

import java.util.List;

/// What the judge has found in one repeat. Times are in milliseconds; those of acknowledgements
/// count from the beginning of the fault.
///
/// @param overlap how long two timelines were acknowledged at the same time; 0 is safe.
/// @param lastOld the last acknowledgement on the timeline of before the fault.
/// @param firstNew the first on a later one; [#NONE] if there was no later one.
/// @param afterThaw the last acknowledgement on the old timeline, counted from the thaw, if the
///     new one had begun by then; [#NONE] if there was none.
/// @param outage the longest time without any acknowledgement.
/// @param lost acknowledged rows that are gone.
/// @param complaints what was against the row's expectation; none is a pass.
public record Judgement(
        long overlap,
        long lastOld,
        long firstNew,
        long afterThaw,
        long outage,
        int acknowledged,
        int lost,
        List<String> complaints) {

    /// In place of a time that does not exist.
    public static final long NONE = -1;

    public Judgement {
        complaints = List.copyOf(complaints);
    }

    public boolean passed() {
        return complaints.isEmpty();
    }
}
