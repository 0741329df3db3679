package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.member.MemberProfile;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.time.Monotonic;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that a decision may know.
///
/// @param view what the store says now; null when it does not answer.
/// @param storeFailure why it does not answer; null when it does.
/// @param holdsInitialization whether the unfinished `initialize` key is our own claim.
/// @param config the configuration in force, local settings merged over it.
/// @param errand what this member has been told to do; null when nothing.
/// @param peers what the peers said; asked only when there is no leader and we might become it.
public record Observation(
        Monotonic now,
        MemberProfile self,
        Wish wish,
        @Nullable ClusterView view,
        @Nullable String storeFailure,
        boolean holdsInitialization,
        ClusterConfig config,
        LeaseTiming timing,
        LeaderLease lease,
        LocalPostgres postgres,
        FencingStatus fencing,
        Outage outage,
        Switchover switchover,
        @Nullable Errand errand,
        List<PeerReport> peers,
        Memory memory) {

    public Observation {
        peers = List.copyOf(peers);
    }
}
