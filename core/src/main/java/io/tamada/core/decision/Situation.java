package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Operation;
import io.tamada.core.time.Monotonic;

/// Where are we? The order of the questions in `of` is the order of safety: what is asked earlier
/// decides whatever the later answers would be.
sealed interface Situation {

    record ShuttingDown() implements Situation {}

    record StoreSilent() implements Situation {}

    record Paused(ClusterView view) implements Situation {}

    record OperationUnderWay(Operation.Running operation) implements Situation {}

    record DirectoryUnusable(String reason) implements Situation {}

    record ForeignSystem(SystemIdentifier own, SystemIdentifier cluster) implements Situation {}

    record WithoutData(ClusterView view, DataDirectory directory) implements Situation {}

    record Leading(ClusterView view, Monotonic mayWriteUntil, DataDirectory.Ready data)
            implements Situation {}

    record LeaseOfFormerLife(ClusterView view) implements Situation {}

    record Following(ClusterView view, LeaderKey leader, DataDirectory.Ready data)
            implements Situation {}

    record Leaderless(ClusterView view, DataDirectory.Ready data) implements Situation {}

    static Situation of(Observation seen) {
        if (seen.wish() == Wish.SHUT_DOWN) {
            return new ShuttingDown();
        }
        ClusterView view = seen.view();
        if (view == null) {
            return new StoreSilent();
        }
        if (seen.config().pause()) {
            return new Paused(view);
        }
        if (seen.postgres().operation() instanceof Operation.Running running) {
            return new OperationUnderWay(running);
        }
        return switch (seen.postgres().directory()) {
            case DataDirectory.Unusable(String reason) -> new DirectoryUnusable(reason);
            case DataDirectory.Empty empty -> withoutData(seen, view, empty);
            case DataDirectory.Interrupted interrupted -> withoutData(seen, view, interrupted);
            case DataDirectory.Ready ready -> withData(seen, view, ready);
        };
    }

    private static Situation withoutData(
            Observation seen, ClusterView view, DataDirectory directory) {
        return seen.lease() instanceof LeaderLease.FormerLife
                ? new LeaseOfFormerLife(view)
                : new WithoutData(view, directory);
    }

    private static Situation withData(
            Observation seen, ClusterView view, DataDirectory.Ready ready) {
        SystemIdentifier own = ready.control().system();
        if (view.initialization() instanceof Initialization.Done(SystemIdentifier cluster)
                && !cluster.equals(own)) {
            return new ForeignSystem(own, cluster);
        }
        return switch (seen.lease()) {
            case LeaderLease.Held(Monotonic mayWriteUntil) ->
                    new Leading(view, mayWriteUntil, ready);
            case LeaderLease.FormerLife() -> new LeaseOfFormerLife(view);
            case LeaderLease.HeldByOther _,
                    LeaderLease.Vacant _,
                    LeaderLease.Unconfirmed _,
                    LeaderLease.Unknown _ -> {
                LeaderKey leader = view.leader();
                yield leader == null
                        ? new Leaderless(view, ready)
                        : new Following(view, leader, ready);
            }
        };
    }
}
