package io.tamada.core.port;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.Member;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.SortedMap;

/// The cluster's shared state in etcd, as the loop uses it.
///
/// Every call returns within its timeout. Calls come from one thread, the loop's. No call retries
/// a write whose outcome is unknown: the loop reads again first.
///
/// The store keeps one lease for this agent (the *session*); the member key and the leader key
/// live on it. It also keeps the create revision of the leader key that this process has won, and
/// guards every leader-only write with it.
public interface ClusterStore {

    /// Reads everything below the prefix, linearizably.
    ReadOutcome read(Duration timeout);

    sealed interface ReadOutcome {
        /// @param holdsLeaderKey whether the leader key in this view is the very one that this
        ///     process has won: our name, our lease, our create revision.
        /// @param holdsInitialization whether the unfinished `initialize` key is our claim.
        record View(ClusterView view, boolean holdsLeaderKey, boolean holdsInitialization)
                implements ReadOutcome {}

        record Unreachable(String reason) implements ReadOutcome {}
    }

    /// Keeps the session alive without any claim to leadership; grants a new lease when the old
    /// one has run out or has another ttl.
    WriteOutcome keepSession(Duration ttl, Duration timeout);

    /// Renews the lease and proves it: linearizable readings before and after, of the same Raft
    /// term as the keepalive's answer, must both show our leader key (etcd issue 15247: a deposed
    /// etcd leader still answers keepalives). When `ttl` differs from the lease's own, moves the
    /// key to a new lease.
    RenewOutcome renewLeadership(Duration ttl, Duration timeout);

    sealed interface RenewOutcome {
        /// @param sentAt when the keepalive was sent; the lease is good from there for `ttl`.
        record Renewed(Monotonic sentAt, Duration ttl) implements RenewOutcome {}

        /// The store has said that the leader key is not, or no longer, ours.
        record Lost(String reason) implements RenewOutcome {}

        record Unknown(String reason) implements RenewOutcome {}
    }

    /// Creates the leader key on our lease, if it is absent, the `history`, `sync` and `failsafe`
    /// keys still have the modification revisions that were seen and the `initialize` key still
    /// names the same system (or is still absent).
    AcquireOutcome acquireLeadership(ClusterView seen, Duration ttl, Duration timeout);

    /// Takes over the leader key that an earlier life of this agent has left: moves it to our
    /// lease if it still has the value and the modification revision that were seen.
    AcquireOutcome adoptLeadership(ClusterView seen, Duration ttl, Duration timeout);

    sealed interface AcquireOutcome {
        record Acquired(Monotonic sentAt, Duration ttl) implements AcquireOutcome {}

        record Refused(String reason) implements AcquireOutcome {}

        record Unknown(String reason) implements AcquireOutcome {}
    }

    /// Deletes the leader key if it is the one this process has won. Never revokes the lease.
    /// Refused means that it was not ours any more, which is as good.
    WriteOutcome releaseLeadership(Duration timeout);

    /// Writes our member key on our lease; sends nothing when neither content nor lease has
    /// changed.
    WriteOutcome publishMember(Member member, Duration timeout);

    /// Creates an empty `initialize` key on our lease, if it is absent: the right to run initdb.
    /// On the lease, so that a bootstrap that dies does not block the cluster for ever.
    WriteOutcome claimInitialization(Duration timeout);

    /// Writes the system identifier, without lease, if the claim is still ours, or, for a leader
    /// that repairs a missing key, if the key is absent and we hold the leader key.
    WriteOutcome completeInitialization(SystemIdentifier system, Duration timeout);

    /// Removes our claim after a failed bootstrap.
    WriteOutcome abandonInitialization(Duration timeout);

    /// Takes the turn of the one member that may replace its data by a new copy; on our lease, so
    /// that it ends with us. Done as well when it is ours already.
    WriteOutcome claimRebuild(Duration timeout);

    /// Gives the turn back.
    WriteOutcome releaseRebuild(Duration timeout);

    /// Writes the `config` key if it is absent.
    WriteOutcome createConfig(String json, Duration timeout);

    /// Leader only.
    WriteOutcome writeStatus(ClusterStatus status, Duration timeout);

    /// Leader only.
    WriteOutcome writeHistory(TimelineHistory history, Duration timeout);

    /// Leader only. Writes the `sync` key if it still has the modification revision that was seen
    /// (zero: absent). A state without a leader deletes the key.
    WriteOutcome writeSync(SyncState wanted, long seenRevision, Duration timeout);

    /// Takes a timeline's number before a promotion. Leader only: whoever leads next sees it.
    WriteOutcome claimTimeline(Timeline timeline, Duration timeout);

    /// Leader only. Takes the request in the `failover` key back (by writing `{}`, as Patroni does)
    /// if it still has the modification revision that was seen.
    WriteOutcome clearFailover(long seenRevision, Duration timeout);

    /// Leader only. Writes the `failsafe` key if it still has the modification revision that was
    /// seen (zero for an absent key), so that a write that was given up cannot arrive later.
    WriteOutcome writeFailsafe(SortedMap<String, String> urls, long seenRevision, Duration timeout);

    sealed interface WriteOutcome {
        record Done() implements WriteOutcome {}

        /// The condition of the write did not hold; nothing was written.
        record Refused(String reason) implements WriteOutcome {}

        /// No answer: the write may or may not have been applied.
        record Unknown(String reason) implements WriteOutcome {}
    }
}
