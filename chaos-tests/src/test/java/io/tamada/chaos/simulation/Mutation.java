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
    /// A member promotes itself without asking.
    PROMOTED_WITHOUT_LEASE;

    /// How it shows, at least in one of the runs.
    List<Kind> symptoms() {
        return switch (this) {
            case NONE -> List.of();
            case DEADLINE_FROM_THE_ANSWER, KEEPALIVE_BELIEVED ->
                    List.of(Kind.DEADLINE_BEYOND_LEASE);
            case NO_DEADMAN, GUARD_OFF -> List.of(Kind.WRITER_WITHOUT_LEASE, Kind.TWO_WRITERS);
            case PROMOTED_WITHOUT_LEASE -> List.of(Kind.PRIMARY_WITHOUT_LEASE);
        };
    }
}
