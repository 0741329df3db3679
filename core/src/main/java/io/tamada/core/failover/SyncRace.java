package io.tamada.core.failover;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.member.MemberName;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The part of the race that synchronous mode decides (tables B and C of Patroni's contract).
///
/// Intuition: the `sync` key says which sets of standbys have every acknowledged commit between
/// them. Whoever leads is in such a set, has asked the others of it, and found nobody ahead.
/// The leader that wrote the key has everything itself.
public final class SyncRace {

    private SyncRace() {}

    /// What the key says, if it counts: null when synchronous mode is off, or no leader has
    /// written the key since it was turned on, so that nothing is promised yet.
    static @Nullable SyncState active(ClusterConfig config, ClusterView view) {
        return config.synchronous().isOn() ? view.sync() : null;
    }

    /// Why this member may not lead whatever its data are; null when it may.
    public static @Nullable String whyForbidden(
            MemberName self, ClusterConfig config, ClusterView view) {
        SyncState sync = active(config, view);
        if (sync == null || sync.isLeader(self)) {
            return null;
        }
        boolean quorumMode = config.synchronous().mode() == SynchronousMode.QUORUM;
        if (sync.lists(self) || (quorumMode && !sync.standbys().isEmpty())) {
            return null;
        }
        return "it is no synchronous standby: the store lists %s for the leader %s (etcd key 'sync')"
                .formatted(
                        sync.standbys().isEmpty() ? "none" : String.join(", ", sync.standbys()),
                        sync.leader());
    }

    /// Why this running primary may not go on; null when it may. Only the leader that is recorded
    /// has kept the promise; another one may have been promoted, and acknowledged, since.
    static @Nullable String whyPrimaryForbidden(
            MemberName self, ClusterConfig config, ClusterView view) {
        SyncState sync = active(config, view);
        return sync == null || sync.isLeader(self)
                ? null
                : "the store records %s as the synchronous leader (etcd key 'sync')"
                        .formatted(sync.leader());
    }

    /// Whether this peer's word counts when members compare their data. Without a quorum every
    /// listed standby has everything, so others need not be waited for, even if they are ahead by
    /// commits that nobody was told of; and the same is true of the leader that was, unless we are
    /// it.
    static boolean counts(
            MemberName self, MemberName peer, ClusterConfig config, ClusterView view) {
        SyncState sync = active(config, view);
        if (sync == null) {
            return true;
        }
        if (sync.isLeader(peer)) {
            return false;
        }
        // Where the key lists nobody, nobody but its leader may lead, and waits for no one.
        boolean anybody =
                config.synchronous().mode() == SynchronousMode.QUORUM && !sync.standbys().isEmpty();
        return anybody || sync.lists(peer);
    }

    /// Why there are not votes enough; null when there are.
    ///
    /// @param notAhead the peers that answered and are not ahead of us.
    /// @param unknown the peers that answered and do not know yet how far they reach: what they
    ///     have confirmed may be ahead of us, so they have no vote.
    static @Nullable String whyTooFewVotes(
            MemberName self,
            ClusterConfig config,
            ClusterView view,
            List<MemberName> notAhead,
            List<MemberName> unknown) {
        SyncState sync = active(config, view);
        if (sync == null || sync.isLeader(self)) {
            return null;
        }
        int votes = sync.lists(self) ? 0 : -1;
        for (MemberName peer : notAhead) {
            votes += sync.lists(peer) ? 1 : 0;
        }
        if (votes >= sync.quorum()) {
            return null;
        }
        String why =
                "it has %d of the %d votes of %s that the quorum asks for (etcd key 'sync')"
                        .formatted(
                                Math.max(0, votes),
                                sync.quorum() + (sync.lists(self) ? 0 : 1),
                                String.join(", ", sync.standbys()));
        String replaying =
                unknown.stream()
                        .filter(sync::lists)
                        .map(MemberName::value)
                        .collect(Collectors.joining(", "));
        return replaying.isEmpty()
                ? why
                : why
                        + "; still to replay the WAL that was there when the server started, and"
                        + " without a vote until then: "
                        + replaying;
    }
}
