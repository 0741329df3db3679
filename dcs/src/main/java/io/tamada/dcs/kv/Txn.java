package io.tamada.dcs.kv;

import java.util.List;

/// A transaction of etcd: one atomic step. No key may be put twice within one branch.
///
/// @param compares all of them must hold; an empty list holds.
/// @param then run when they hold.
/// @param otherwise run when one does not.
public record Txn(List<Compare> compares, List<Op> then, List<Op> otherwise) {

    public Txn {
        compares = List.copyOf(compares);
        then = List.copyOf(then);
        otherwise = List.copyOf(otherwise);
    }

    /// A condition on one key. A key that does not exist has revisions and a lease of zero and
    /// equals no value.
    public sealed interface Compare {
        Bytes key();

        record CreateRevisionIs(Bytes key, long revision) implements Compare {}

        record ModRevisionIs(Bytes key, long revision) implements Compare {}

        record ValueIs(Bytes key, Bytes value) implements Compare {}
    }

    public sealed interface Op {

        /// @param leaseId zero for no lease. An unknown lease fails the whole transaction with
        ///     {@link KvReply.Cause#LEASE_NOT_FOUND}.
        record Put(Bytes key, Bytes value, long leaseId) implements Op {}

        record Delete(Bytes key) implements Op {}

        record Get(KeyRange range) implements Op {}

        record Nested(Txn txn) implements Op {}
    }

    /// The answer to one operation.
    public sealed interface Response {

        record PutDone() implements Response {}

        record Deleted(long count) implements Response {}

        record Got(List<EtcdKv.KeyValue> kvs) implements Response {
            public Got {
                kvs = List.copyOf(kvs);
            }
        }

        record NestedDone(boolean succeeded, List<Response> responses) implements Response {
            public NestedDone {
                responses = List.copyOf(responses);
            }
        }
    }
}
