package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.failover.StoreDoubt;
import io.tamada.core.failsafe.FailsafeBoard.Promise;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
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
/// @param doubt whether the store knows less of the cluster than this member does.
/// @param slots where slots of this server that nobody uses should be, by what the leader that was
///     consented to, or the members that have consented, have said; by name.
public record Outage(
        @Nullable Promise promise,
        @Nullable Monotonic barredUntil,
        @Nullable ClusterRecord record,
        SortedMap<String, String> voters,
        @Nullable String refusal,
        @Nullable Monotonic keptUntil,
        @Nullable Monotonic leaderSince,
        Doubt doubt,
        SortedMap<String, Lsn> slots) {

    /// Without a word of anybody's slots.
    public Outage(
            @Nullable Promise promise,
            @Nullable Monotonic barredUntil,
            @Nullable ClusterRecord record,
            SortedMap<String, String> voters,
            @Nullable String refusal,
            @Nullable Monotonic keptUntil,
            @Nullable Monotonic leaderSince,
            Doubt doubt) {
        this(
                promise,
                barredUntil,
                record,
                voters,
                refusal,
                keptUntil,
                leaderSince,
                doubt,
                new TreeMap<>());
    }

    public static final Outage NONE =
            new Outage(null, null, null, new TreeMap<>(), null, null, null, Doubt.NONE);

    /// @param since since when the store has known less; null while it does not.
    /// @param staleRevision the store's revision then: what was written later counts.
    /// @param ledThrough whether this member led when the doubt began, within its deadline: then
    ///     nobody else has led since.
    /// @param heard the newest timeline that a peer has told since then: the store may have lost
    ///     the claim to it.
    public record Doubt(
            StoreDoubt kind,
            @Nullable Monotonic since,
            long staleRevision,
            boolean ledThrough,
            @Nullable Timeline heard) {

        /// Why a leader with a stale key is not followed at any price.
        static final String LEADER_IS_STALE =
                "the store has gone back, and may name a leader of former times";

        public static final Doubt NONE = new Doubt(StoreDoubt.NONE, null, 0, false, null);

        /// Whether a key with this modification revision is as old as the store was found to be.
        public boolean isStale(long modRevision) {
            return since != null && modRevision <= staleRevision;
        }

        /// Whether the leader key is as old as that. It says who led then: who has led ever since
        /// may go on by it, but nobody else, and nobody gives up data for its sake.
        public boolean isLeaderStale(ClusterView view) {
            return view.leader() != null && isStale(view.leader().modRevision());
        }
    }

    public Outage {
        voters = Collections.unmodifiableSortedMap(new TreeMap<>(voters));
        slots = Collections.unmodifiableSortedMap(new TreeMap<>(slots));
    }
}
