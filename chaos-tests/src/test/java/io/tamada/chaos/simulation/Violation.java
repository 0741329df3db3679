package io.tamada.chaos.simulation;

/// A broken invariant: the end of a run.
record Violation(long atNanos, Kind kind, String details) {

    enum Kind {
        /// Two instances could acknowledge a write at one true instant.
        TWO_WRITERS("I1"),
        /// An instance could acknowledge a write while the leader key did not name it.
        WRITER_WITHOUT_LEASE("I1"),
        /// An instance became primary while the leader key did not name it.
        PRIMARY_WITHOUT_LEASE("I4"),
        /// An agent believed in its lease for longer than etcd keeps it.
        DEADLINE_BEYOND_LEASE("I1"),
        /// `/primary` would have been true on two nodes at one true instant.
        TWO_PRIMARY_ANSWERS("I6"),
        /// One number, two timelines.
        TIMELINE_TWICE("I5"),
        /// A standby streams from a server whose WAL is not a continuation of its own.
        SILENT_DIVERGENCE("I5"),
        /// After healing, the cluster did not become whole in time.
        NOT_WHOLE("I7"),
        /// More changes of leader than there were reasons.
        TOO_MANY_LEADER_CHANGES("I7"),
        /// An acknowledged transaction is gone, though nothing was broken.
        TRANSACTION_LOST("I3"),
        /// An exception came out of the loop.
        LOOP_FAILED("a bug"),
        /// Whoever was promoted lacked more of the published WAL than the bound allows.
        PROMOTED_TOO_FAR_BEHIND("I4"),
        /// A planned change of the leader has lost what was acknowledged.
        SWITCHOVER_LOSES("I3"),
        /// A standby whose tags say that it never leads has taken the leader key.
        NOFAILOVER_LEADS("I4"),
        /// `/primary` would have been true on a server in recovery.
        PRIMARY_ANSWER_IN_RECOVERY("I6"),
        /// A data directory was given up though the settings do not allow it.
        WIPED_WITHOUT_LEAVE("I9"),
        /// A data directory was given up though nobody has another copy.
        LAST_COPY_WIPED("I9");

        /// The invariant of which it is a breach.
        private final String invariant;

        Kind(String invariant) {
            this.invariant = invariant;
        }
    }

    @Override
    public String toString() {
        return Trace.seconds(atNanos) + " " + kind.invariant + " " + kind + ": " + details;
    }
}
