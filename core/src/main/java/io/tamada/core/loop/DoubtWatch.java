package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.decision.Outage;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.failover.StoreDoubt;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Timeline;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Watches whether the store has gone back, and says which of its keys still count then.
final class DoubtWatch {

    /// How late etcd may notice that a lease has run out, generously.
    private static final Duration EXPIRY = Duration.ofSeconds(2);

    private long newestRevision;
    private Keys newestKeys = Keys.NONE;
    private Outage.Doubt doubt = Outage.Doubt.NONE;

    /// At the last look while there is doubt.
    private long doubtedRevision;

    /// @param newestRevision one that the store is known to have reached in an earlier life.
    DoubtWatch(long newestRevision) {
        this.newestRevision = newestRevision;
    }

    Outage.Doubt doubt() {
        return doubt;
    }

    long newestRevision() {
        return newestRevision;
    }

    /// One more look at what the store says.
    ///
    /// @param leads whether this member leads, within its deadline.
    /// @return whether the doubt has just been settled against the record: a leader has run on this
    ///     store for a ttl, so that the members, or an operator, have made it the truth.
    boolean look(
            ClusterView view,
            @Nullable ClusterRecord record,
            boolean leads,
            LeaseTiming timing,
            Monotonic now) {
        boolean isDone = view.initialization() instanceof Initialization.Done;
        boolean isNew = record == null || record.system() == null;
        if (isNew && isDone) {
            // The first cluster that it sees: whatever was begun before it, this is the one.
            forget();
        }
        StoreDoubt kind = StoreDoubt.of(view, record, hasGoneBack(view));
        if (kind == StoreDoubt.NONE && doubt.since() != null) {
            // Revisions catch up, and keys are written again: that alone proves nothing.
            boolean begins = view.initialization() instanceof Initialization.InProgress;
            if (isNew || begins) {
                kind = doubt.kind();
            } else if (isOfRecord(view, record)) {
                kind = StoreDoubt.OUTDATED;
            }
        }
        if (kind == StoreDoubt.NONE) {
            doubt = Outage.Doubt.NONE;
            note(view);
            return false;
        }
        Monotonic since = doubt.since();
        // What an emptied store holds was written since.
        long stale = kind == StoreDoubt.WIPED ? 0 : view.revision();
        // Also a store that is doubted already goes back only when it is restored once more.
        boolean again = since != null && view.revision() < doubtedRevision;
        doubtedRevision = view.revision();
        if (since == null || again) {
            doubt = new Outage.Doubt(kind, now, stale, leads, null);
            return false;
        }
        boolean settled =
                kind == StoreDoubt.OUTDATED
                        && record != null
                        && isLed(view, record)
                        && now.isAtOrAfter(since.plus(patience(view, record, timing)));
        if (settled) {
            forget();
            note(view);
        }
        doubt =
                settled
                        ? Outage.Doubt.NONE
                        : new Outage.Doubt(
                                kind,
                                since,
                                doubt.staleRevision(),
                                doubt.ledThrough() && leads,
                                doubt.heard());
        return settled;
    }

    /// A key that was restored with its lease lasts for a ttl by itself, for another one when etcd
    /// changes its leader, and a moment longer until etcd has looked: only one that lasts beyond
    /// has a holder.
    private Duration patience(ClusterView view, ClusterRecord record, LeaseTiming timing) {
        Duration ttl = record.longerTtl(timing.ttl());
        return doubt.isLeaderStale(view) ? ttl.multipliedBy(2).plus(EXPIRY) : ttl;
    }

    private void forget() {
        newestRevision = 0;
        newestKeys = Keys.NONE;
        doubt = Outage.Doubt.NONE;
    }

    private static boolean isOfRecord(ClusterView view, @Nullable ClusterRecord record) {
        return record != null
                && view.initialization() instanceof Initialization.Done(SystemIdentifier system)
                && system.equals(record.system());
    }

    /// Modification revisions of keys that are written again and again; zero for an absent one.
    private record Keys(long leader, long sync, long history) {

        static final Keys NONE = new Keys(0, 0, 0);

        static Keys of(ClusterView view) {
            return new Keys(
                    view.leader() == null ? 0 : view.leader().modRevision(),
                    view.syncRevision(),
                    view.historyRevision());
        }

        Keys newest(Keys other) {
            return new Keys(
                    Math.max(leader, other.leader),
                    Math.max(sync, other.sync),
                    Math.max(history, other.history));
        }

        boolean isBehind(Keys other) {
            return isBehind(leader, other.leader)
                    || isBehind(sync, other.sync)
                    || isBehind(history, other.history);
        }

        private static boolean isBehind(long now, long before) {
            return now > 0 && now < before;
        }
    }

    private void note(ClusterView view) {
        newestRevision = Math.max(newestRevision, view.revision());
        newestKeys = newestKeys.newest(Keys.of(view));
    }

    /// The store's revision alone catches up, sooner or later.
    private boolean hasGoneBack(ClusterView view) {
        return view.revision() < newestRevision || Keys.of(view).isBehind(newestKeys);
    }

    /// An old key with an old member record beside it looks like a leader, too.
    private boolean isLed(ClusterView view, ClusterRecord record) {
        Member leader = view.leaderMember();
        if (leader == null
                || leader.role() != MemberRole.PRIMARY
                || leader.state() != MemberState.RUNNING) {
            return false;
        }
        if (leader.timeline() != null && view.history().current().isBefore(leader.timeline())) {
            // It has not said yet which timelines there were; the next one must not be one of them.
            return false;
        }
        boolean isOnRecordedLine =
                leader.timeline() != null && !leader.timeline().isBefore(record.timeline());
        return isOnRecordedLine || !doubt.isLeaderStale(view);
    }

    /// What the others have told of themselves.
    void heard(List<PeerReport> peers) {
        if (doubt.since() == null) {
            return;
        }
        Timeline newest = doubt.heard();
        for (PeerReport peer : peers) {
            if (peer instanceof PeerReport.Answered answered
                    && answered.timeline() != null
                    && (newest == null || answered.timeline().isAfter(newest))) {
                newest = answered.timeline();
            }
        }
        doubt =
                new Outage.Doubt(
                        doubt.kind(),
                        doubt.since(),
                        doubt.staleRevision(),
                        doubt.ledThrough(),
                        newest);
    }

    /// The view without what an old store says of promises and of requests. What was written since
    /// the doubt began, by a leader or an operator, counts.
    ClusterView trusted(ClusterView view) {
        ClusterView trusted = view;
        if (doubt.isStale(view.syncRevision())) {
            trusted = trusted.withoutSync();
        }
        FailoverRequest request = view.failover();
        if (request != null && doubt.isStale(request.revision())) {
            trusted = trusted.withoutFailover();
        }
        return trusted;
    }
}
