package io.tamada.core.member;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Whether the server has to be restarted for its configuration to come into force, and for the
/// sake of which parameters (Patroni's `pending_restart` and `pending_restart_reason`).
///
/// @param changes by name; what is not known of is left out.
public record PendingRestart(boolean needed, SortedMap<String, Change> changes) {

    public static final PendingRestart NONE = new PendingRestart(false, new TreeMap<>());

    /// @param oldValue in force.
    /// @param newValue as it is configured; empty when that is not known.
    public record Change(String oldValue, String newValue) {}

    public PendingRestart {
        changes = Collections.unmodifiableSortedMap(new TreeMap<>(changes));
    }

    /// For the sake of these.
    public static PendingRestart of(SortedMap<String, Change> changes) {
        return changes.isEmpty() ? NONE : new PendingRestart(true, changes);
    }

    /// Without a reason.
    public static PendingRestart of(boolean needed) {
        return needed ? new PendingRestart(true, new TreeMap<>()) : NONE;
    }
}
