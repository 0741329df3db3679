package io.tamada.chaos.simulation;

import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.KvReply.Answered;
import io.tamada.dcs.kv.Txn;
import java.time.Duration;

/// The simulated etcd without a network in between: every call is answered in its instant.
record DirectKv(SimEtcd etcd) implements EtcdKv {

    @Override
    public KvReply<RangeAnswer> range(KeyRange range, Duration timeout) {
        return new Answered<>(etcd.range(range));
    }

    @Override
    public KvReply<TxnAnswer> txn(Txn txn, Duration timeout) {
        return etcd.txn(txn);
    }

    @Override
    public KvReply<GrantAnswer> leaseGrant(long ttlSeconds, Duration timeout) {
        return new Answered<>(etcd.grant(ttlSeconds));
    }

    @Override
    public KvReply<KeepAliveAnswer> leaseKeepAliveOnce(long leaseId, Duration timeout) {
        return new Answered<>(etcd.keepAlive(leaseId));
    }
}
