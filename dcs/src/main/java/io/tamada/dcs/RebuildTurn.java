package io.tamada.dcs;

import io.tamada.core.member.MemberName;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import io.tamada.dcs.kv.Txn.Compare;
import io.tamada.dcs.kv.Txn.Op;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `tamada/rebuild` key: who replaces its data by a new copy. At most one member does at a
/// time. On the agent's lease, so that a turn ends with its holder; a Patroni does not know the
// key.
final class RebuildTurn {

    private final GuardedWrites writes;
    private final ClusterKeys keys;
    private final Session session;
    private final Bytes self;

    /// The lease that our turn was last seen on; zero when it is not ours.
    private long heldOn;

    RebuildTurn(GuardedWrites writes, ClusterKeys keys, Session session, MemberName self) {
        this.writes = writes;
        this.keys = keys;
        this.session = session;
        this.self = Bytes.utf8(self.value());
    }

    void observe(@Nullable KeyValue key) {
        heldOn = key != null && key.value().equals(self) ? key.leaseId() : 0;
    }

    WriteOutcome claim(Budget budget) {
        if (session.leaseId() == 0) {
            return GuardedWrites.NO_SESSION;
        }
        WriteOutcome created = put(new Compare.CreateRevisionIs(keys.rebuild, 0), budget);
        // Ours already, perhaps from before a restart of the agent.
        return created instanceof WriteOutcome.Refused
                ? put(new Compare.ValueIs(keys.rebuild, self), budget)
                : created;
    }

    /// Brings the turn along when the session has another lease than the one it was taken on.
    WriteOutcome follow(Budget budget) {
        return heldOn == 0 || heldOn == session.leaseId()
                ? new WriteOutcome.Done()
                : put(new Compare.ValueIs(keys.rebuild, self), budget);
    }

    WriteOutcome release(Budget budget) {
        return writes.send(
                List.of(new Compare.ValueIs(keys.rebuild, self)),
                new Op.Delete(keys.rebuild),
                "the turn is not ours",
                budget,
                _ -> heldOn = 0);
    }

    private WriteOutcome put(Compare guard, Budget budget) {
        long lease = session.leaseId();
        return writes.send(
                List.of(guard),
                new Op.Put(keys.rebuild, self, lease),
                "another member replaces its data at the moment",
                budget,
                _ -> heldOn = lease);
    }
}
