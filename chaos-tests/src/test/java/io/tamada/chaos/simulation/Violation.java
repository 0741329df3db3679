package io.tamada.chaos.simulation;

/// A broken invariant: the end of a run.
record Violation(long atNanos, Kind kind, String details) {

    enum Kind {
        /// Two instances could acknowledge a write at one true instant.
        TWO_WRITERS,
        /// An instance could acknowledge a write while the leader key did not name it.
        WRITER_WITHOUT_LEASE,
        /// An instance became primary while the leader key did not name it.
        PRIMARY_WITHOUT_LEASE,
        /// An agent believed in its lease for longer than etcd keeps it.
        DEADLINE_BEYOND_LEASE,
        /// `/primary` would have been true on two nodes at one true instant.
        TWO_PRIMARY_ANSWERS,
        /// One number, two timelines.
        TIMELINE_TWICE,
        /// A standby streams from a server whose WAL is not a continuation of its own.
        SILENT_DIVERGENCE,
        /// After healing, the cluster did not become whole in time.
        NOT_WHOLE,
        /// More changes of leader than there were reasons.
        TOO_MANY_LEADER_CHANGES,
        /// An acknowledged transaction is gone, though nothing was broken.
        TRANSACTION_LOST,
        /// An exception came out of the loop.
        LOOP_FAILED
    }

    @Override
    public String toString() {
        return Trace.seconds(atNanos) + " " + kind + ": " + details;
    }
}
