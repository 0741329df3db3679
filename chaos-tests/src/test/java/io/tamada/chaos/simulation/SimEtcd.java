package io.tamada.chaos.simulation;

import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.GrantAnswer;
import io.tamada.dcs.kv.EtcdKv.Header;
import io.tamada.dcs.kv.EtcdKv.KeepAliveAnswer;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import io.tamada.dcs.kv.EtcdKv.RangeAnswer;
import io.tamada.dcs.kv.EtcdKv.TxnAnswer;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.KvReply.Answered;
import io.tamada.dcs.kv.KvReply.Cause;
import io.tamada.dcs.kv.KvReply.NotApplied;
import io.tamada.dcs.kv.Txn;
import io.tamada.dcs.kv.Txn.Compare;
import io.tamada.dcs.kv.Txn.Op;
import io.tamada.dcs.kv.Txn.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An etcd cluster as its clients see it: what is applied is applied at one instant, in one
/// order. Whether a request gets here and its answer back is the connection's affair.
///
/// Leases are counted on etcd's own clock and looked through every 500 ms, as etcd does; a new
/// leader gives every lease its full ttl again.
final class SimEtcd {

    static final Duration EXPIRY_SCAN = Duration.ofMillis(500);

    /// etcd raises shorter ttls to this (its election timeout times 1.5, rounded up).
    static final long MINIMUM_TTL_SECONDS = 2;

    private static final long CLUSTER_ID = 0x7a3ada;

    /// A member that still believes itself leader, in its old term.
    ///
    /// @param memory what stood in the store when it was deposed.
    record Deposed(long member, long raftTerm, SortedMap<Bytes, KeyValue> memory) {}

    /// @param before null when there was no such key.
    /// @param after null when the key was deleted.
    record Change(Bytes key, @Nullable Bytes before, @Nullable Bytes after) {}

    private static final class Lease {
        final long ttlSeconds;
        long expiresAtNanos;

        Lease(long ttlSeconds) {
            this.ttlSeconds = ttlSeconds;
        }
    }

    /// Thrown inside a transaction only, to undo it.
    private static final class Rejected extends RuntimeException {
        final Cause rejection;

        Rejected(Cause rejection, String reason) {
            super(reason, null, false, false);
            this.rejection = rejection;
        }
    }

    private final Scheduler scheduler;
    private final double clockRate;
    private final Map<Bytes, KeyValue> keys = new TreeMap<>();
    private final Map<Long, Lease> leases = new TreeMap<>();
    private final List<Consumer<List<Change>>> watchers = new ArrayList<>();
    private long revision = 1;
    private long raftTerm = 2;
    private long lastLeaseId = 0x694d_0000;
    private long leaderMember;
    private boolean hasLeader = true;
    private @Nullable Deposed deposed;
    private final Map<Long, Long> everGranted = new TreeMap<>();

    SimEtcd(Scheduler scheduler, double driftPartsPerMillion) {
        this.scheduler = scheduler;
        this.clockRate = 1 + driftPartsPerMillion / 1e6;
        scheduler.after(EXPIRY_SCAN.toNanos(), this::scan);
    }

    /// Calls the watcher with every change, at the instant of the change.
    void watch(Consumer<List<Change>> watcher) {
        watchers.add(watcher);
    }

    boolean hasLeader() {
        return hasLeader;
    }

    long raftTerm() {
        return raftTerm;
    }

    long leaderMember() {
        return leaderMember;
    }

    /// The leader is gone; until the next one nothing is applied and no lease runs out.
    void loseLeader() {
        hasLeader = false;
    }

    /// The leader is cut from its peers but not from its clients: it goes on believing.
    void deposeLeader() {
        deposed = new Deposed(leaderMember, raftTerm, new TreeMap<>(keys));
        hasLeader = false;
    }

    void deposedLeaderLearns() {
        deposed = null;
    }

    @Nullable Deposed deposed() {
        return deposed;
    }

    void elect(long member) {
        hasLeader = true;
        leaderMember = member;
        raftTerm++;
        for (Lease lease : leases.values()) {
            refresh(lease);
        }
    }

    /// What somebody has saved: leases are in it, but not when they run out.
    record Snapshot(Map<Bytes, KeyValue> keys, Map<Long, Long> leaseTtls, long revision) {}

    static final Snapshot NOTHING = new Snapshot(Map.of(), Map.of(), 1);

    Snapshot snapshot() {
        Map<Long, Long> ttls = new TreeMap<>();
        leases.forEach((id, lease) -> ttls.put(id, lease.ttlSeconds));
        return new Snapshot(new TreeMap<>(keys), ttls, revision);
    }

    /// Somebody has put these data in the place of what was there. What is left of a deposed
    /// leader forgets as well; every lease has its full ttl again.
    void restore(Snapshot snapshot) {
        List<Change> changed = new ArrayList<>();
        for (KeyValue key : keys.values()) {
            KeyValue now = snapshot.keys.get(key.key());
            changed.add(new Change(key.key(), key.value(), now == null ? null : now.value()));
        }
        for (KeyValue key : snapshot.keys.values()) {
            if (!keys.containsKey(key.key())) {
                changed.add(new Change(key.key(), null, key.value()));
            }
        }
        keys.clear();
        keys.putAll(snapshot.keys);
        leases.clear();
        snapshot.leaseTtls.forEach(
                (id, ttlSeconds) -> {
                    Lease lease = new Lease(ttlSeconds);
                    refresh(lease);
                    leases.put(id, lease);
                });
        deposed = null;
        revision = snapshot.revision;
        announce(changed);
    }

    RangeAnswer range(KeyRange range) {
        return new RangeAnswer(header(), read(range));
    }

    KvReply<TxnAnswer> txn(Txn txn) {
        Map<Bytes, KeyValue> before = isSingle(txn) ? null : new TreeMap<>(keys);
        List<Change> changed = new ArrayList<>();
        try {
            long writing = revision + 1;
            Ran ran = run(txn, writing, changed);
            if (!changed.isEmpty()) {
                revision = writing;
            }
            TxnAnswer answer = new TxnAnswer(header(), ran.succeeded, ran.responses);
            announce(changed);
            return new Answered<>(answer);
        } catch (Rejected rejected) {
            if (before != null) {
                keys.clear();
                keys.putAll(before);
            }
            return new NotApplied<>(rejected.rejection, String.valueOf(rejected.getMessage()));
        }
    }

    /// A single operation is refused before it changes anything.
    private static boolean isSingle(Txn txn) {
        return txn.then().size() <= 1
                && txn.otherwise().size() <= 1
                && txn.then().stream().noneMatch(op -> op instanceof Op.Nested)
                && txn.otherwise().stream().noneMatch(op -> op instanceof Op.Nested);
    }

    GrantAnswer grant(long ttlSeconds) {
        Lease lease = new Lease(Math.max(MINIMUM_TTL_SECONDS, ttlSeconds));
        refresh(lease);
        leases.put(++lastLeaseId, lease);
        everGranted.put(lastLeaseId, lease.ttlSeconds);
        return new GrantAnswer(header(), lastLeaseId, lease.ttlSeconds);
    }

    KeepAliveAnswer keepAlive(long leaseId) {
        Lease lease = leases.get(leaseId);
        if (lease == null || lease.expiresAtNanos <= scheduler.nowNanos()) {
            return new KeepAliveAnswer(header(), 0);
        }
        refresh(lease);
        return new KeepAliveAnswer(header(), lease.ttlSeconds);
    }

    /// What a deposed leader answers from its stale memory, in its old term, without renewing
    /// anything (etcd issue 15247).
    KeepAliveAnswer staleKeepAlive(long leaseId, Deposed by) {
        Long ttlSeconds = everGranted.get(leaseId);
        Header stale = new Header(CLUSTER_ID, by.member, revision, by.raftTerm);
        return new KeepAliveAnswer(stale, ttlSeconds == null ? 0 : ttlSeconds);
    }

    /// What a reading without quorum would get from it.
    RangeAnswer staleRange(KeyRange range, Deposed by) {
        return new RangeAnswer(
                new Header(CLUSTER_ID, by.member, revision, by.raftTerm), read(by.memory, range));
    }

    /// The truth about one key, for checkers.
    @Nullable KeyValue peek(Bytes key) {
        return keys.get(key);
    }

    /// The true instant at which the lease may be taken away, or the least long when it is gone.
    long expiryNanos(long leaseId) {
        Lease lease = leases.get(leaseId);
        return lease == null ? Long.MIN_VALUE : lease.expiresAtNanos;
    }

    private record Ran(boolean succeeded, List<Response> responses) {}

    private Ran run(Txn txn, long writing, List<Change> changed) {
        boolean holds = true;
        for (Compare compare : txn.compares()) {
            holds &= holds(compare);
        }
        List<Response> responses = new ArrayList<>();
        for (Op op : holds ? txn.then() : txn.otherwise()) {
            responses.add(run(op, writing, changed));
        }
        return new Ran(holds, responses);
    }

    private Response run(Op op, long writing, List<Change> changed) {
        return switch (op) {
            case Op.Put(Bytes key, Bytes value, long leaseId) -> {
                if (leaseId != 0 && !leases.containsKey(leaseId)) {
                    throw new Rejected(Cause.LEASE_NOT_FOUND, "requested lease not found");
                }
                for (Change change : changed) {
                    if (change.key.equals(key) && change.after != null) {
                        throw new Rejected(Cause.REJECTED, "duplicate key given in txn request");
                    }
                }
                KeyValue old = keys.get(key);
                long created = old == null ? writing : old.createRevision();
                keys.put(key, new KeyValue(key, value, created, writing, leaseId));
                changed.add(new Change(key, old == null ? null : old.value(), value));
                yield new Response.PutDone();
            }
            case Op.Delete(Bytes key) -> {
                KeyValue old = keys.remove(key);
                if (old != null) {
                    changed.add(new Change(key, old.value(), null));
                }
                yield new Response.Deleted(old == null ? 0 : 1);
            }
            case Op.Get(KeyRange range) -> new Response.Got(read(range));
            case Op.Nested(Txn nested) -> {
                Ran ran = run(nested, writing, changed);
                yield new Response.NestedDone(ran.succeeded, ran.responses);
            }
        };
    }

    private boolean holds(Compare compare) {
        KeyValue kv = keys.get(compare.key());
        return switch (compare) {
            case Compare.CreateRevisionIs(_, long wanted) ->
                    (kv == null ? 0 : kv.createRevision()) == wanted;
            case Compare.ModRevisionIs(_, long wanted) ->
                    (kv == null ? 0 : kv.modRevision()) == wanted;
            case Compare.ValueIs(_, Bytes wanted) -> kv != null && kv.value().equals(wanted);
        };
    }

    private List<KeyValue> read(KeyRange range) {
        return read(keys, range);
    }

    private static List<KeyValue> read(Map<Bytes, KeyValue> keys, KeyRange range) {
        List<KeyValue> found = new ArrayList<>();
        for (KeyValue kv : keys.values()) {
            boolean wanted =
                    switch (range) {
                        case KeyRange.Key(Bytes key) -> kv.key().equals(key);
                        case KeyRange.Prefix(Bytes prefix) -> kv.key().startsWith(prefix);
                    };
            if (wanted) {
                found.add(kv);
            }
        }
        return found;
    }

    private void scan() {
        if (hasLeader) {
            for (Map.Entry<Long, Lease> entry : List.copyOf(leases.entrySet())) {
                if (entry.getValue().expiresAtNanos <= scheduler.nowNanos()) {
                    expire(entry.getKey());
                }
            }
        }
        scheduler.after(EXPIRY_SCAN.toNanos(), this::scan);
    }

    private void expire(long leaseId) {
        leases.remove(leaseId);
        List<Change> gone = new ArrayList<>();
        for (KeyValue kv : keys.values()) {
            if (kv.leaseId() == leaseId) {
                gone.add(new Change(kv.key(), kv.value(), null));
            }
        }
        if (!gone.isEmpty()) {
            gone.forEach(change -> keys.remove(change.key));
            revision++;
            announce(gone);
        }
    }

    private void announce(List<Change> changed) {
        if (!changed.isEmpty()) {
            for (Consumer<List<Change>> watcher : watchers) {
                watcher.accept(List.copyOf(changed));
            }
        }
    }

    private void refresh(Lease lease) {
        long ttlNanos = Duration.ofSeconds(lease.ttlSeconds).toNanos();
        lease.expiresAtNanos = scheduler.nowNanos() + (long) (ttlNanos / clockRate);
    }

    private Header header() {
        return new Header(CLUSTER_ID, leaderMember, revision, raftTerm);
    }
}
