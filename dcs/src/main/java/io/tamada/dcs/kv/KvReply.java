package io.tamada.dcs.kv;

/// How a call to etcd ended. The difference between *not applied* and *not known* is what every
/// guard of the cluster store rests on.
public sealed interface KvReply<T> {

    record Answered<T>(T value) implements KvReply<T> {}

    /// The request is certain to have had no effect.
    record NotApplied<T>(Cause cause, String reason) implements KvReply<T> {}

    /// The request may or may not have been applied, now or a little later.
    record Unknown<T>(String reason) implements KvReply<T> {}

    /// Why a request had no effect.
    enum Cause {
        /// No endpoint could be reached, or none had a leader.
        UNREACHABLE,
        /// A put named a lease that does not exist.
        LEASE_NOT_FOUND,
        /// etcd understood the request and refused it: permissions, quota, a malformed request.
        REJECTED
    }
}
