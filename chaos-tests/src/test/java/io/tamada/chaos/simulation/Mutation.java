package io.tamada.chaos.simulation;

import java.util.List;

/// A mistake planted on purpose, to see that the checkers find it. None in earnest.
enum Mutation {
    NONE(),
    /// The deadline counts from when the answer came.
    DEADLINE_FROM_THE_ANSWER(Violation.Kind.DEADLINE_BEYOND_LEASE),
    /// Any keepalive answer counts as proof.
    KEEPALIVE_BELIEVED(Violation.Kind.DEADLINE_BEYOND_LEASE),
    /// Nobody enforces the deadline when the loop is late.
    NO_DEADMAN(Violation.Kind.WRITER_WITHOUT_LEASE, Violation.Kind.TWO_WRITERS),
    /// A member promotes itself without asking.
    PROMOTED_WITHOUT_LEASE(Violation.Kind.PRIMARY_WITHOUT_LEASE);

    private final List<Violation.Kind> symptoms;

    Mutation(Violation.Kind... symptoms) {
        this.symptoms = List.of(symptoms);
    }

    /// How it shows, at least in one of the runs.
    List<Violation.Kind> symptoms() {
        return symptoms;
    }
}
