package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Ledger.Acknowledged;
import io.tamada.chaos.cluster.LedgerReport;
import java.util.List;

/// What one repeat has left for the judge. Instants are of [System#nanoTime()].
///
/// @param faultNanos when the fault began.
/// @param thawNanos when a frozen node was let go, or 0.
/// @param replicationEndNanos when the old primary lost its walsenders but not its backends, or 0.
/// @param primary who led before.
/// @param missing acknowledged rows that the primary at the end does not have.
public record Evidence(
        LedgerReport report,
        long faultNanos,
        long thawNanos,
        long replicationEndNanos,
        String primary,
        List<Acknowledged> missing) {

    public Evidence {
        missing = List.copyOf(missing);
    }
}
