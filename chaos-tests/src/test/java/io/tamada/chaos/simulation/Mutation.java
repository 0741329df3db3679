package io.tamada.chaos.simulation;

import io.tamada.chaos.simulation.Violation.Kind;
import java.util.List;

/// A mistake planted on purpose, to see that the checkers find it. None in earnest.
enum Mutation {
    NONE,
    /// The deadline counts from when the answer came.
    DEADLINE_FROM_THE_ANSWER,
    /// Any keepalive answer counts as proof.
    KEEPALIVE_BELIEVED,
    /// Nobody enforces the deadline when the loop is late: neither thread nor guard.
    NO_DEADMAN,
    /// The guard answers and does nothing.
    GUARD_OFF,
    /// Consent to a leader without a store is given, and not kept.
    CONSENT_FORGOTTEN,
    /// Standbys leave the `sync` key long after commits have ceased to wait for them.
    SYNC_SHRUNK_BEFORE_PUBLISHED,
    /// A member promotes itself without asking.
    PROMOTED_WITHOUT_LEASE,
    /// Whoever is far behind may be promoted all the same.
    LAG_UNCHECKED,
    /// Readings need no quorum: a deposed leader answers them from its memory.
    STALE_READ_ACCEPTED,
    /// A promotion does not tell the store which timeline it begins.
    TIMELINE_UNCLAIMED,
    /// Who has lost the leader key is not known to run still.
    RECORDS_UNSEEN,
    /// What the last leader said of its position is forgotten with the key.
    STATUS_FORGOTTEN,
    /// An agent goes on without the tags that keep its member from leading.
    TAGS_UNREAD,
    /// A server that is stopped in order does not wait for its standbys to have everything.
    STANDBYS_NOT_AWAITED;

    /// What has to go wrong for the mistake to show; empty when the usual swarm finds it.
    List<FaultKind> faults() {
        return switch (this) {
            case RECORDS_UNSEEN ->
                    List.of(
                            FaultKind.LEADER_KEY_DELETED,
                            FaultKind.CUT_FROM_PEERS,
                            FaultKind.AGENT_PAUSE,
                            FaultKind.WATCH_LOST);
            case STATUS_FORGOTTEN ->
                    List.of(
                            FaultKind.STATUS_KEY_DELETED,
                            FaultKind.NODE_CRASH,
                            FaultKind.DISK_FULL,
                            FaultKind.CUT_FROM_ALL);
            case STANDBYS_NOT_AWAITED ->
                    List.of(FaultKind.ANOTHER_LEADER_ASKED, FaultKind.SWITCHOVER_SCHEDULED);
            default -> List.of();
        };
    }

    /// How it shows, at least in one of the runs.
    List<Kind> symptoms() {
        return switch (this) {
            case NONE -> List.of();
            case DEADLINE_FROM_THE_ANSWER, KEEPALIVE_BELIEVED ->
                    List.of(Kind.DEADLINE_BEYOND_LEASE);
            case SYNC_SHRUNK_BEFORE_PUBLISHED -> List.of(Kind.TRANSACTION_LOST);
            case CONSENT_FORGOTTEN, NO_DEADMAN, GUARD_OFF ->
                    List.of(Kind.WRITER_WITHOUT_LEASE, Kind.TWO_WRITERS);
            case PROMOTED_WITHOUT_LEASE -> List.of(Kind.PRIMARY_WITHOUT_LEASE);
            case LAG_UNCHECKED -> List.of(Kind.PROMOTED_TOO_FAR_BEHIND);
            case STALE_READ_ACCEPTED ->
                    List.of(Kind.DEADLINE_BEYOND_LEASE, Kind.WRITER_WITHOUT_LEASE);
            case TIMELINE_UNCLAIMED -> List.of(Kind.TIMELINE_TWICE);
            case RECORDS_UNSEEN -> List.of(Kind.WRITER_WITHOUT_LEASE, Kind.TWO_WRITERS);
            case STATUS_FORGOTTEN -> List.of(Kind.PROMOTED_TOO_FAR_BEHIND);
            case TAGS_UNREAD -> List.of(Kind.NOFAILOVER_LEADS);
            case STANDBYS_NOT_AWAITED -> List.of(Kind.SWITCHOVER_LOSES);
        };
    }
}
