package io.tamada.agent.journal;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.RuleId;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.time.Monotonic;
import io.tamada.dcs.codec.ClusterConfigCodec;
import io.tamada.dcs.kv.Bytes;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns of a loop to look at.
final class Snapshots {

    static final Monotonic AT = new Monotonic(0);

    private Snapshots() {}

    static @Nullable LeaderKey key(@Nullable String leader, long epoch) {
        return leader == null ? null : new LeaderKey(new MemberName(leader), epoch, epoch, 7);
    }

    static Snapshot of(
            @Nullable LeaderKey leader,
            LeaderLease lease,
            RuleId rule,
            String because,
            Operation operation) {
        return of(leader, null, lease, rule, because, operation);
    }

    /// Of a store with this dynamic configuration.
    static Snapshot configured(String json, LeaderLease lease) {
        return of(
                key("a", 5),
                ClusterConfigCodec.decode(Bytes.utf8(json), _ -> {}),
                lease,
                RuleId.LEADER_STEADY,
                "",
                new Operation.None());
    }

    private static Snapshot of(
            @Nullable LeaderKey leader,
            @Nullable ClusterConfig config,
            LeaderLease lease,
            RuleId rule,
            String because,
            Operation operation) {
        ClusterView empty = ClusterView.EMPTY;
        ClusterView view =
                new ClusterView(
                        1,
                        empty.initialization(),
                        leader,
                        List.of(),
                        config,
                        empty.history(),
                        0,
                        empty.status(),
                        null,
                        0,
                        null,
                        empty.failsafe(),
                        null);
        return new Snapshot(
                AT,
                view,
                AT,
                null,
                ClusterConfig.DEFAULTS,
                new LeaseTiming(
                        Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(10)),
                lease,
                new LocalPostgres(new DataDirectory.Empty(), new ServerProcess.Down(), operation),
                FencingStatus.OFF,
                new Decision(rule, because, List.of(), Duration.ZERO),
                null,
                null,
                false,
                1,
                1,
                Climb.NONE);
    }
}
