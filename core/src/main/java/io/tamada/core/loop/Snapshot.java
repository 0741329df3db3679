package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.decision.Decision;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.member.Member;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.time.Monotonic;
import org.jspecify.annotations.Nullable;

/// What the loop knew after its last tick; REST and metrics read it and ask nobody.
///
/// @param at when the tick ended.
/// @param view the last good reading of the store, or null when there was none yet.
/// @param viewAt when that reading was asked for; null when there was none yet.
/// @param self our member record as published, or null before the first.
/// @param whyNot why this member may not become leader; null when nothing speaks against it.
/// @param failsafeActive whether a leader without a store is in force: this one, or one that
///     this member has consented to.
/// @param ticks how many ticks there were.
/// @param leaderChanges how often this agent has seen the leader change.
/// @param climb where this member stands on its way back.
public record Snapshot(
        Monotonic at,
        @Nullable ClusterView view,
        @Nullable Monotonic viewAt,
        @Nullable String storeFailure,
        ClusterConfig config,
        LeaseTiming timing,
        LeaderLease lease,
        LocalPostgres postgres,
        FencingStatus fencing,
        Decision decision,
        @Nullable Member self,
        @Nullable String whyNot,
        boolean failsafeActive,
        long ticks,
        long leaderChanges,
        Climb climb) {}
