package io.tamada.dcs.kv;

import java.time.Duration;
import java.util.List;

/// The primitives of etcd v3 that the cluster store is made of. Synchronous; every call returns
/// within its timeout; calls come from one thread at a time.
///
/// An adapter may ask another endpoint when an operation is safe to repeat. It never sends a
/// transaction a second time unless the first is certain not to have reached a server.
public interface EtcdKv {

    /// Reads linearizably: the answer is not older than the call.
    KvReply<RangeAnswer> range(KeyRange range, Duration timeout);

    /// Runs a transaction: `then` when all compares hold, `otherwise` when one does not.
    KvReply<TxnAnswer> txn(Txn txn, Duration timeout);

    /// Makes a lease; etcd chooses its id.
    KvReply<GrantAnswer> leaseGrant(long ttlSeconds, Duration timeout);

    /// Renews a lease once, by one request that is never sent again after this call returned.
    KvReply<KeepAliveAnswer> leaseKeepAliveOnce(long leaseId, Duration timeout);

    /// What every answer of etcd carries.
    ///
    /// @param revision of the store when it answered.
    /// @param raftTerm an answer of a lower term than one seen before comes from a member that
    ///     has been left behind.
    record Header(long clusterId, long memberId, long revision, long raftTerm) {}

    /// @param createRevision revision of the transaction that created the key.
    /// @param modRevision revision of its last change.
    /// @param leaseId zero when the key is on no lease.
    record KeyValue(Bytes key, Bytes value, long createRevision, long modRevision, long leaseId) {}

    /// @param kvs in the order of their keys.
    record RangeAnswer(Header header, List<KeyValue> kvs) {
        public RangeAnswer {
            kvs = List.copyOf(kvs);
        }
    }

    /// @param responses one for each operation of the branch that ran, in order.
    record TxnAnswer(Header header, boolean succeeded, List<Txn.Response> responses) {
        public TxnAnswer {
            responses = List.copyOf(responses);
        }
    }

    record GrantAnswer(Header header, long leaseId, long ttlSeconds) {}

    /// @param ttlSeconds zero or less when the lease does not exist (any more).
    record KeepAliveAnswer(Header header, long ttlSeconds) {}
}
