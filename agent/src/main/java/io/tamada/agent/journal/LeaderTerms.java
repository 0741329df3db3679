package io.tamada.agent.journal;

import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.RuleId;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.dcs.PatroniControlStore;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One record per change of leader, in etcd, so that any survivor answers for a dead node: the
/// new leader writes how its term began, the former one, if it can, why it ended.
///
/// A thread of its own writes, by a connection beside the loop's. It never holds the loop; what
/// cannot be written is tried again for a while and then left out.
public final class LeaderTerms implements AutoCloseable {

    /// Why a server ended that no agent told to.
    public static final String GUARD_STRUCK =
            "the guard ended the server: no agent renewed its deadline";

    /// Stands where the code of a rule stands: no rule of the agent ended that term.
    static final String GUARD = "guard";

    static final int KEPT = 50;

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration BETWEEN_READINGS = Duration.ofSeconds(5);
    private static final Duration LAST_WRITE = Duration.ofSeconds(3);
    private static final int MOST_ATTEMPTS = 20;
    private static final int WAITING_LIMIT = 8;

    /// The terms in the store.
    interface Store {
        PatroniControlStore.@Nullable Terms read(Duration timeout);

        WriteOutcome write(List<LeaderTerm> terms, long seenRevision, long epoch, Duration timeout);
    }

    private final MemberName self;
    private final Store store;
    private final Object lock = new Object();
    private final ArrayDeque<LeaderTerm> waiting = new ArrayDeque<>();
    private final Thread thread =
            Thread.ofPlatform().name("leader-terms").daemon().unstarted(this::work);
    private volatile List<LeaderTerm> known = List.of();
    private boolean readWanted = true;
    private boolean closing;

    private @Nullable LeaderTerm own;
    private @Nullable LeaderTerm lastOwn;
    private volatile @Nullable Instant strike;
    private @Nullable Decision lastDecision;
    private @Nullable Instant readAt;

    public LeaderTerms(MemberName self, PatroniControlStore control) {
        this(
                self,
                new Store() {
                    @Override
                    public PatroniControlStore.@Nullable Terms read(Duration timeout) {
                        return control.leaderTerms(timeout);
                    }

                    @Override
                    public WriteOutcome write(
                            List<LeaderTerm> terms,
                            long seenRevision,
                            long epoch,
                            Duration timeout) {
                        return control.writeLeaderTerms(terms, seenRevision, epoch, timeout);
                    }
                });
    }

    LeaderTerms(MemberName self, Store store) {
        this.self = self;
        this.store = store;
    }

    public LeaderTerms start() {
        thread.start();
        return this;
    }

    /// The terms as they were last read, the newest last.
    public List<LeaderTerm> known() {
        return known;
    }

    /// Called by the loop's thread, after each turn.
    public void observed(Snapshot snapshot, Instant at) {
        LeaderKey key = snapshot.view() == null ? null : snapshot.view().leader();
        Decision decision = snapshot.decision();
        switch (snapshot.lease()) {
            case LeaderLease.Held _ -> {
                if (key != null) {
                    leads(key.createRevision(), timeline(snapshot), decision, at);
                }
            }
            case LeaderLease.Unconfirmed _ -> {
                // Still ours, as far as anybody knows.
            }
            case LeaderLease.Vacant _,
                    LeaderLease.HeldByOther _,
                    LeaderLease.FormerLife _,
                    LeaderLease.Unknown _ ->
                    ends(reason(decision), at);
        }
        lastDecision = decision;
        strike(snapshot.lease(), key);
        List<LeaderTerm> seen = known;
        boolean isNew =
                key != null && (seen.isEmpty() || seen.getLast().epoch() != key.createRevision());
        if (isNew && (readAt == null || readAt.plus(BETWEEN_READINGS).isBefore(at))) {
            readAt = at;
            synchronized (lock) {
                readWanted = true;
                lock.notifyAll();
            }
        }
    }

    /// The guard has ended the server. Any thread.
    public void guardStruck(Instant at) {
        strike = at;
    }

    /// A term whose server the guard had ended was over then, and for that reason, whatever the
    /// agent noticed when it came back; one that left no reason because it died has this one.
    private void strike(LeaderLease lease, @Nullable LeaderKey key) {
        Instant at = strike;
        if (at == null) {
            return;
        }
        switch (lease) {
            case LeaderLease.Held _ -> strike = null;
            case LeaderLease.Vacant _, LeaderLease.HeldByOther _ -> {
                // Once: the reader may fill it between two looks.
                List<LeaderTerm> all = known;
                LeaderTerm term = lastOwn == null ? lastOf(all) : lastOwn;
                if (term == null && all.isEmpty()) {
                    // They are being read.
                    return;
                }
                strike = null;
                if (term != null
                        && (key == null || key.createRevision() != term.epoch())
                        && wasOn(term, at)) {
                    enqueue(
                            term.withEnded(
                                    new LeaderTerm.Turn(Event.stamp(at), GUARD, GUARD_STRUCK, "")));
                }
            }
            case LeaderLease.Unconfirmed _, LeaderLease.FormerLife _, LeaderLease.Unknown _ -> {
                // Whether the term is over the store will tell.
            }
        }
    }

    private @Nullable LeaderTerm lastOf(List<LeaderTerm> all) {
        return all.reversed().stream()
                .filter(term -> term.leader().equals(self))
                .findFirst()
                .orElse(null);
    }

    private static boolean wasOn(LeaderTerm term, Instant at) {
        LeaderTerm.Turn ended = term.ended();
        try {
            return !at.isBefore(Instant.parse(term.began().at()))
                    && (ended == null || !at.isAfter(Instant.parse(ended.at())));
        } catch (DateTimeException _) {
            return false;
        }
    }

    private static int timeline(Snapshot snapshot) {
        if (snapshot.postgres().isPrimary() && snapshot.postgres().status() != null) {
            return snapshot.postgres().status().timeline().id();
        }
        return snapshot.view() == null ? 0 : snapshot.view().history().current().id();
    }

    /// The turn before has won the key; this one sees it.
    private void leads(long epoch, int timeline, Decision decision, Instant at) {
        LeaderTerm before = own;
        if (before == null || before.epoch() != epoch) {
            Decision won = lastDecision == null ? decision : lastDecision;
            own = new LeaderTerm(self, epoch, timeline, turn(won, at), null);
        } else if (before.timeline() < timeline) {
            own = new LeaderTerm(self, epoch, timeline, before.began(), null);
        }
        if (own != null && !own.equals(before)) {
            enqueue(own);
        }
    }

    /// What the leader decided last says why it leads no more, unless it noticed nothing.
    private Decision reason(Decision now) {
        return lastDecision == null || lastDecision.rule() == RuleId.LEADER_STEADY
                ? now
                : lastDecision;
    }

    private void ends(Decision reason, Instant at) {
        LeaderTerm term = own;
        if (term != null) {
            own = null;
            lastOwn = term.withEnded(turn(reason, at));
            enqueue(lastOwn);
        }
    }

    private static LeaderTerm.Turn turn(Decision decision, Instant at) {
        return new LeaderTerm.Turn(
                Event.stamp(at),
                decision.rule().code(),
                decision.rule().sentence(),
                Event.clean(decision.because()));
    }

    private void enqueue(LeaderTerm term) {
        synchronized (lock) {
            if (waiting.size() >= WAITING_LIMIT) {
                waiting.removeFirst();
            }
            waiting.add(term);
            lock.notifyAll();
        }
    }

    private void work() {
        while (true) {
            LeaderTerm next;
            synchronized (lock) {
                while (waiting.isEmpty() && !readWanted && !closing) {
                    try {
                        lock.wait();
                    } catch (InterruptedException _) {
                        return;
                    }
                }
                if (waiting.isEmpty() && closing) {
                    return;
                }
                readWanted = false;
                next = waiting.poll();
            }
            if (next == null) {
                refresh();
            } else {
                write(next);
            }
        }
    }

    private PatroniControlStore.@Nullable Terms refresh() {
        var terms = store.read(PATIENCE);
        if (terms != null) {
            known = terms.all();
        }
        return terms;
    }

    private void write(LeaderTerm term) {
        long refusedAt = -1;
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            var seen = refresh();
            if (seen != null) {
                List<LeaderTerm> next = with(seen.all(), term);
                if (next.equals(seen.all())) {
                    return;
                }
                long epoch = term.ended() == null ? term.epoch() : 0;
                switch (store.write(next, seen.revision(), epoch, PATIENCE)) {
                    case WriteOutcome.Done _ -> {
                        known = next;
                        return;
                    }
                    case WriteOutcome.Refused _ -> {
                        if (refusedAt == seen.revision()) {
                            // Nobody has written meanwhile: it is the leader key that has gone.
                            return;
                        }
                        refusedAt = seen.revision();
                    }
                    case WriteOutcome.Unknown _ -> {
                        // It may have been applied: the next reading tells.
                    }
                }
            }
            synchronized (lock) {
                try {
                    lock.wait(closing ? 50 : PAUSE.toMillis());
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    return;
                }
                if (closing && seen == null) {
                    return;
                }
            }
        }
    }

    /// The terms with this one in its place: a term is its leader's alone to write.
    static List<LeaderTerm> with(List<LeaderTerm> all, LeaderTerm term) {
        List<LeaderTerm> next = new ArrayList<>(all);
        for (int i = next.size() - 1; i >= 0; i--) {
            LeaderTerm other = next.get(i);
            if (other.epoch() == term.epoch() && other.leader().equals(term.leader())) {
                // A later life that took the key back has not seen how it was won.
                LeaderTerm.Turn began = other.began();
                next.set(
                        i,
                        new LeaderTerm(
                                term.leader(),
                                term.epoch(),
                                Math.max(other.timeline(), term.timeline()),
                                began,
                                term.ended()));
                return List.copyOf(next);
            }
        }
        next.add(term);
        // Who writes the end of its term late has not led last.
        next.sort(Comparator.comparingLong(LeaderTerm::epoch));
        return List.copyOf(next.subList(Math.max(0, next.size() - KEPT), next.size()));
    }

    /// Says why the term of this agent, which ends, is over.
    @Override
    public void close() {
        if (own != null && lastDecision != null && lastDecision.rule() != RuleId.LEADER_STEADY) {
            ends(lastDecision, Instant.now());
        }
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
        try {
            thread.join(LAST_WRITE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
