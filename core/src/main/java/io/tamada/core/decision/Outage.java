package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.failsafe.FailsafeBoard.Promise;
import io.tamada.core.time.Monotonic;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is known beside the store, for when the store fails.
///
/// @param promise our consent to another leader; null when none is in force.
/// @param barredUntil before this instant an earlier life of this agent may have a consent in
///     force; null when it has none.
/// @param record what this member has recorded of its cluster; null when nothing.
/// @param voters those who must consent to our leading without a store, API URL by name, this
///     member included; empty when we may not lead without a store.
/// @param refusal why the last round of asking has failed; null when it has not.
/// @param keptUntil how long the others' consent lasts; null when there is none.
/// @param leaderSince since when the deadline counts, from the last proven renewal or round; null
///     without one.
public record Outage(
        @Nullable Promise promise,
        @Nullable Monotonic barredUntil,
        @Nullable ClusterRecord record,
        SortedMap<String, String> voters,
        @Nullable String refusal,
        @Nullable Monotonic keptUntil,
        @Nullable Monotonic leaderSince) {

    public static final Outage NONE =
            new Outage(null, null, null, new TreeMap<>(), null, null, null);

    public Outage {
        voters = Collections.unmodifiableSortedMap(new TreeMap<>(voters));
    }
}
