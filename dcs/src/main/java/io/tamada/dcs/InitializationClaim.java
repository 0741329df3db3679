package io.tamada.dcs;

import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import io.tamada.dcs.kv.EtcdKv.TxnAnswer;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.Txn;
import io.tamada.dcs.kv.Txn.Compare;
import io.tamada.dcs.kv.Txn.Op;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `initialize` key: the right to run initdb, then the identifier of the cluster. The claim
/// is an empty value on our lease, so that it goes when its claimant does.
final class InitializationClaim {

    static final Bytes UNFINISHED = Bytes.utf8("");

    private final GuardedWrites writes;
    private final ClusterKeys keys;
    private final Session session;
    private final Leadership leadership;

    /// Create revision of our claim; zero when there is none.
    private long claimed;

    private long claimLease;

    InitializationClaim(
            GuardedWrites writes, ClusterKeys keys, Session session, Leadership leadership) {
        this.writes = writes;
        this.keys = keys;
        this.session = session;
        this.leadership = leadership;
    }

    /// Takes note of a reading of the `initialize` key.
    ///
    /// @return whether it is our unfinished claim.
    boolean observe(@Nullable KeyValue key) {
        boolean ours = key != null && key.value().equals(UNFINISHED) && session.owns(key.leaseId());
        claimed = key != null && ours ? key.createRevision() : 0;
        claimLease = key != null && ours ? key.leaseId() : 0;
        return ours;
    }

    WriteOutcome claim(Budget budget) {
        long lease = session.leaseId();
        if (lease == 0) {
            return GuardedWrites.NO_SESSION;
        }
        return writes.send(
                List.of(new Compare.CreateRevisionIs(keys.initialize, 0)),
                new Op.Put(keys.initialize, UNFINISHED, lease),
                "somebody else initializes the cluster, or has done so",
                budget,
                answer -> {
                    claimed = answer.header().revision();
                    claimLease = lease;
                });
    }

    /// Brings a claim along when the session has another lease than the one it was made on.
    WriteOutcome follow(Budget budget) {
        long lease = session.leaseId();
        if (claimed == 0 || claimLease == lease) {
            return new WriteOutcome.Done();
        }
        return writes.send(
                stillOurs(),
                new Op.Put(keys.initialize, UNFINISHED, lease),
                "the claim on the initialize key is lost",
                budget,
                _ -> claimLease = lease);
    }

    WriteOutcome complete(SystemIdentifier system, Budget budget) {
        Bytes value = Bytes.utf8(system.value());
        Op put = new Op.Put(keys.initialize, value, 0);
        if (claimed != 0) {
            return writes.sendOrFind(
                    stillOurs(),
                    put,
                    new Wanted(keys.initialize, value, claimed),
                    "the claim on the initialize key is lost",
                    budget,
                    _ -> forget());
        }
        if (!leadership.isHeld()) {
            return new WriteOutcome.Refused("neither the claim nor the leader key is ours");
        }
        return writes.send(
                GuardedWrites.and(
                        leadership.guard(), new Compare.CreateRevisionIs(keys.initialize, 0)),
                put,
                "the initialize key is there, or the leader key is not ours any more",
                budget,
                _ -> {});
    }

    WriteOutcome abandon(Budget budget) {
        if (claimed == 0) {
            return new WriteOutcome.Refused("the initialize key is not claimed by this process");
        }
        return writes.send(
                stillOurs(),
                new Op.Delete(keys.initialize),
                "the claim on the initialize key is lost",
                budget,
                _ -> forget());
    }

    private List<Compare> stillOurs() {
        return List.of(
                new Compare.CreateRevisionIs(keys.initialize, claimed),
                new Compare.ValueIs(keys.initialize, UNFINISHED));
    }

    private void forget() {
        claimed = 0;
        claimLease = 0;
    }

    /// A key as it looks when an earlier, unanswered attempt of ours has succeeded.
    record Wanted(Bytes key, Bytes value, long createRevision) {

        Op read() {
            return new Op.Get(new KeyRange.Key(key));
        }

        boolean isIn(TxnAnswer answer) {
            return answer.responses().getFirst() instanceof Txn.Response.Got(List<KeyValue> kvs)
                    && !kvs.isEmpty()
                    && kvs.getFirst().value().equals(value)
                    && kvs.getFirst().createRevision() == createRevision;
        }
    }
}
