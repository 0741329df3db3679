package io.tamada.dcs;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.ClusterStore.AcquireOutcome;
import io.tamada.core.port.ClusterStore.RenewOutcome;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.dcs.Session.Pulse;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import io.tamada.dcs.kv.EtcdKv.RangeAnswer;
import io.tamada.dcs.kv.EtcdKv.TxnAnswer;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn;
import io.tamada.dcs.kv.Txn.Compare;
import io.tamada.dcs.kv.Txn.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The leader key: winning it, proving that it is still ours, moving it, giving it up.
///
/// The create revision of the key that was won is the epoch of this leadership. Intuition of the
/// proof: etcd's terms only grow, so when two linearizable readings show the same term, nobody
/// else was etcd's leader between them, and a keepalive that this leader answered in between is
/// true. If both readings show our key with our epoch, it was ours all the time.
final class Leadership {

    /// No key has this create revision.
    private static final long NO_EPOCH = -1;

    /// How often one renewal tries again because etcd changed its leader under it.
    private static final int RENEWAL_ROUNDS = 2;

    /// How often one acquisition tries again because its lease was gone.
    private static final int ACQUISITION_ROUNDS = 2;

    private final EtcdKv kv;
    private final ClusterKeys keys;
    private final Session session;
    private final Bytes self;

    /// The key as it was last shown to be ours; null when none is.
    private @Nullable OwnKey own;

    /// Whether a transaction on the leader key has ended without an answer since the last
    /// reading.
    private boolean unsettled;

    /// Whether such a transaction may still arrive and would then find the key as it expects it.
    /// The next renewal writes the key, so that the straggler's guard fails: a late delete would
    /// free a key that we believe in, a late put would move it to a lease that nobody renews.
    private boolean stragglers;

    /// @param raftTerm of the linearizable answer that showed the key.
    private record OwnKey(long createRevision, long modRevision, long leaseId, long raftTerm) {}

    private @Nullable KeyValue syncShown;

    Leadership(EtcdKv kv, ClusterKeys keys, Session session, MemberName self) {
        this.kv = kv;
        this.keys = keys;
        this.session = session;
        this.self = Bytes.utf8(self.value());
    }

    /// Takes note of the `sync` key as a reading has shown it.
    void observeSync(@Nullable KeyValue key) {
        syncShown = key;
    }

    /// Takes note of a linearizable reading of the leader key.
    ///
    /// @return whether the key is the one that this process has won.
    boolean observe(@Nullable KeyValue key, long raftTerm) {
        unsettled = false;
        if (key == null || !key.value().equals(self) || !session.owns(key.leaseId())) {
            own = null;
            return false;
        }
        if (own != null && own.createRevision() != key.createRevision()) {
            // The key was gone in between, and a late transaction of ours has won it again. The
            // old epoch has to be seen as lost first.
            own = null;
            return false;
        }
        own = new OwnKey(key.createRevision(), key.modRevision(), key.leaseId(), raftTerm);
        return true;
    }

    boolean isHeld() {
        return own != null;
    }

    /// Compares that hold only while the key of our epoch is there.
    List<Compare> guard() {
        return List.of(
                new Compare.ValueIs(keys.leader, self),
                new Compare.CreateRevisionIs(
                        keys.leader, own == null ? NO_EPOCH : own.createRevision()));
    }

    /// For changes of the key itself: it must be exactly as it was last seen.
    private List<Compare> unchanged(OwnKey key) {
        return GuardedWrites.and(
                guard(), new Compare.ModRevisionIs(keys.leader, key.modRevision()));
    }

    /// Renews and proves, or moves the key to a new lease. The reading that last showed the key
    /// is the one before the keepalive, however long ago it was: terms only grow.
    RenewOutcome renew(Duration ttl, Budget budget) {
        if (unsettled && read(budget) instanceof Reading.NoAnswer(String reason)) {
            return new RenewOutcome.Unknown(reason);
        }
        OwnKey key = own;
        if (key == null) {
            return new RenewOutcome.Lost("the leader key is not held by this process");
        }
        if (stragglers || !session.fits(ttl) || key.leaseId() != session.leaseId()) {
            return move(key, ttl, budget);
        }
        for (int round = 0; round < RENEWAL_ROUNDS; round++) {
            switch (session.keepAlive(budget)) {
                case Pulse.Gone _ -> {
                    return move(key, ttl, budget);
                }
                case Pulse.Unknown(String reason) -> {
                    return new RenewOutcome.Unknown(reason);
                }
                case Pulse.Alive alive -> {
                    switch (read(budget)) {
                        case Reading.NoAnswer(String reason) -> {
                            return new RenewOutcome.Unknown(reason);
                        }
                        case Reading.NotOurs(String reason) -> {
                            return new RenewOutcome.Lost(reason);
                        }
                        case Reading.Ours(OwnKey now) -> {
                            if (key.raftTerm() == alive.raftTerm()
                                    && now.raftTerm() == alive.raftTerm()
                                    && now.leaseId() == session.leaseId()) {
                                return new RenewOutcome.Renewed(alive.sentAt(), alive.ttl());
                            }
                            key = now;
                        }
                    }
                }
            }
        }
        return new RenewOutcome.Unknown("etcd changes its leader; the renewal is not proven");
    }

    /// Puts the key on a new lease, as long as it is still the key of our epoch. It is never
    /// created anew here: once it was gone, others may have led, and only an acquisition asks.
    private RenewOutcome move(OwnKey key, Duration ttl, Budget budget) {
        return switch (session.grant(ttl, budget)) {
            case Pulse.Unknown(String reason) -> new RenewOutcome.Unknown(reason);
            case Pulse.Gone(String reason) -> new RenewOutcome.Unknown(reason);
            case Pulse.Alive granted ->
                    switch (send(unchanged(key), putLeader(), budget)) {
                        case KvReply.Answered<TxnAnswer>(TxnAnswer answer) -> {
                            if (answer.succeeded()) {
                                written(key.createRevision(), answer);
                                yield new RenewOutcome.Renewed(granted.sentAt(), granted.ttl());
                            }
                            KeyValue found = leaderIn(answer);
                            yield observe(found, answer.header().raftTerm())
                                    ? new RenewOutcome.Unknown("the leader key has just moved")
                                    : new RenewOutcome.Lost(describe(found));
                        }
                        case KvReply.NotApplied<TxnAnswer>(_, String reason) ->
                                new RenewOutcome.Unknown(reason);
                        case KvReply.Unknown<TxnAnswer>(String reason) ->
                                new RenewOutcome.Unknown(reason);
                    };
        };
    }

    AcquireOutcome acquire(ClusterView seen, Duration ttl, Budget budget) {
        List<Compare> guards = new ArrayList<>();
        guards.add(new Compare.CreateRevisionIs(keys.leader, 0));
        guards.add(new Compare.ModRevisionIs(keys.history, seen.historyRevision()));
        guards.add(new Compare.ModRevisionIs(keys.sync, seen.syncRevision()));
        guards.add(new Compare.ModRevisionIs(keys.failsafe, seen.failsafe().revision()));
        switch (seen.initialization()) {
            case Initialization.Absent() ->
                    guards.add(new Compare.CreateRevisionIs(keys.initialize, 0));
            case Initialization.InProgress(long revision) -> {
                guards.add(new Compare.CreateRevisionIs(keys.initialize, revision));
                guards.add(new Compare.ValueIs(keys.initialize, InitializationClaim.UNFINISHED));
            }
            case Initialization.Done(var system) ->
                    guards.add(new Compare.ValueIs(keys.initialize, Bytes.utf8(system.value())));
        }
        return take(guards, asItIs(seen), 0, ttl, budget);
    }

    /// The `sync` key again, as it is, so that its revision moves with the leader key. Another
    /// member's race may still be under way, on positions of before; a primary that takes its key
    /// back changes nothing else that such a race depends on, and with a quorum a standby could
    /// then be promoted without what was acknowledged meanwhile. What a store that has gone back
    /// says is left as old as it is.
    private List<Op> asItIs(ClusterView seen) {
        KeyValue sync = syncShown;
        return sync != null && seen.sync() != null && sync.modRevision() == seen.syncRevision()
                ? List.of(new Op.Put(keys.sync, sync.value(), 0))
                : List.of();
    }

    AcquireOutcome adopt(ClusterView seen, Duration ttl, Budget budget) {
        LeaderKey key = seen.leader();
        if (key == null || !key.name().value().equals(self.text())) {
            return new AcquireOutcome.Refused("the leader key does not name this member");
        }
        List<Compare> guards =
                List.of(
                        new Compare.ValueIs(keys.leader, self),
                        new Compare.ModRevisionIs(keys.leader, key.modRevision()));
        return take(guards, List.of(), key.createRevision(), ttl, budget);
    }

    /// @param createRevision of the key when it exists already, zero when it is to be created.
    private AcquireOutcome take(
            List<Compare> guards,
            List<Op> besides,
            long createRevision,
            Duration ttl,
            Budget budget) {
        String reason = "";
        for (int round = 0; round < ACQUISITION_ROUNDS; round++) {
            Pulse pulse = session.keepOrGrant(ttl, budget);
            if (!(pulse instanceof Pulse.Alive alive)) {
                return new AcquireOutcome.Unknown(describe(pulse));
            }
            List<Op> then = new ArrayList<>();
            then.add(putLeader());
            then.addAll(besides);
            switch (send(guards, then, budget)) {
                case KvReply.Answered<TxnAnswer>(TxnAnswer answer) -> {
                    return answer.succeeded()
                            ? taken(answer, createRevision, alive)
                            : notTaken(answer);
                }
                case KvReply.NotApplied<TxnAnswer>(var cause, String why) -> {
                    if (cause != KvReply.Cause.LEASE_NOT_FOUND) {
                        return new AcquireOutcome.Unknown(why);
                    }
                    reason = why;
                }
                case KvReply.Unknown<TxnAnswer>(String why) -> {
                    return new AcquireOutcome.Unknown(why);
                }
            }
        }
        return new AcquireOutcome.Unknown(reason);
    }

    private AcquireOutcome taken(TxnAnswer answer, long createRevision, Pulse.Alive alive) {
        long term = answer.header().raftTerm();
        written(createRevision == 0 ? answer.header().revision() : createRevision, answer);
        if (alive.origin() == Session.Origin.KEEPALIVE && alive.raftTerm() != term) {
            return new AcquireOutcome.Unknown(
                    "the leader key is won, but etcd changed its leader: the lease is not proven");
        }
        return new AcquireOutcome.Acquired(alive.sentAt(), alive.ttl());
    }

    /// Our transaction has just put the key on our lease.
    private void written(long createRevision, TxnAnswer answer) {
        long revision = answer.header().revision();
        own = new OwnKey(createRevision, revision, session.leaseId(), answer.header().raftTerm());
        stragglers = false;
    }

    private AcquireOutcome notTaken(TxnAnswer answer) {
        KeyValue key = leaderIn(answer);
        if (observe(key, answer.header().raftTerm())) {
            return new AcquireOutcome.Unknown("an earlier attempt of ours has won the leader key");
        }
        return new AcquireOutcome.Refused(
                key == null
                        ? "history, sync, failsafe or initialize have changed since"
                        : describe(key));
    }

    WriteOutcome release(Budget budget) {
        if (unsettled && read(budget) instanceof Reading.NoAnswer(String reason)) {
            return new WriteOutcome.Unknown(reason);
        }
        OwnKey key = own;
        if (key == null) {
            return new WriteOutcome.Refused("the leader key is not held by this process");
        }
        return switch (send(unchanged(key), new Op.Delete(keys.leader), budget)) {
            case KvReply.Answered<TxnAnswer>(TxnAnswer answer) -> {
                if (answer.succeeded()) {
                    own = null;
                    yield new WriteOutcome.Done();
                }
                KeyValue found = leaderIn(answer);
                yield observe(found, answer.header().raftTerm())
                        ? new WriteOutcome.Unknown("the leader key has just moved")
                        : new WriteOutcome.Refused(describe(found));
            }
            case KvReply.NotApplied<TxnAnswer>(_, String reason) ->
                    new WriteOutcome.Unknown(reason);
            case KvReply.Unknown<TxnAnswer>(String reason) -> new WriteOutcome.Unknown(reason);
        };
    }

    private Op putLeader() {
        return new Op.Put(keys.leader, self, session.leaseId());
    }

    /// Sends one transaction on the leader key, and takes note when its end is not known.
    private KvReply<TxnAnswer> send(List<Compare> guards, Op then, Budget budget) {
        return send(guards, List.of(then), budget);
    }

    private KvReply<TxnAnswer> send(List<Compare> guards, List<Op> then, Budget budget) {
        Op read = new Op.Get(new KeyRange.Key(keys.leader));
        KvReply<TxnAnswer> reply = kv.txn(new Txn(guards, then, List.of(read)), budget.left());
        if (reply instanceof KvReply.Unknown<TxnAnswer>) {
            unsettled = true;
            stragglers = true;
        }
        if (reply instanceof KvReply.NotApplied<TxnAnswer>(var cause, _)
                && cause == KvReply.Cause.LEASE_NOT_FOUND) {
            session.forgetLease();
        }
        return reply;
    }

    /// What a reading of the leader key alone has shown.
    private sealed interface Reading {
        record Ours(OwnKey key) implements Reading {}

        record NotOurs(String reason) implements Reading {}

        record NoAnswer(String reason) implements Reading {}
    }

    private Reading read(Budget budget) {
        return switch (kv.range(new KeyRange.Key(keys.leader), budget.left())) {
            case KvReply.Answered<RangeAnswer>(RangeAnswer answer) -> {
                KeyValue key = answer.kvs().isEmpty() ? null : answer.kvs().getFirst();
                yield observe(key, answer.header().raftTerm()) && own != null
                        ? new Reading.Ours(own)
                        : new Reading.NotOurs(describe(key));
            }
            case KvReply.NotApplied<RangeAnswer>(_, String reason) -> new Reading.NoAnswer(reason);
            case KvReply.Unknown<RangeAnswer>(String reason) -> new Reading.NoAnswer(reason);
        };
    }

    private static @Nullable KeyValue leaderIn(TxnAnswer answer) {
        return answer.responses().getFirst() instanceof Txn.Response.Got(List<KeyValue> kvs)
                        && !kvs.isEmpty()
                ? kvs.getFirst()
                : null;
    }

    private String describe(@Nullable KeyValue key) {
        if (key == null) {
            return "the leader key is gone";
        }
        return key.value().equals(self)
                ? "the leader key names this member, but on a lease or of a time that is not ours"
                : "the leader is " + key.value().text();
    }

    private static String describe(Pulse pulse) {
        return switch (pulse) {
            case Pulse.Gone(String reason) -> reason;
            case Pulse.Unknown(String reason) -> reason;
            case Pulse.Alive _ -> "the lease is alive";
        };
    }
}
