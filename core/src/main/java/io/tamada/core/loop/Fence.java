package io.tamada.core.loop;

import io.tamada.core.fencing.Disarming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.port.Fencing;
import io.tamada.core.postgres.LocalPostgres;
import org.jspecify.annotations.Nullable;

/// Keeps the rungs outside this process in step with {@link WriteDeadline}.
///
/// They are armed before anything makes a primary and hear every deadline from then on. Losing
/// the lease tells them nothing: they keep the last deadline, and only an observation that makes
/// it safe disarms them.
final class Fence {

    private enum Engaged {
        /// Also at the start: an earlier life of this agent may have armed them.
        UNKNOWN,
        ARMED,
        DISARMED
    }

    private final Fencing fencing;
    private final WriteDeadline deadline;
    private Engaged engaged = Engaged.UNKNOWN;
    private boolean paused;
    private @Nullable String missing;

    Fence(Fencing fencing, WriteDeadline deadline) {
        this.fencing = fencing;
        this.deadline = deadline;
    }

    /// What a rung that is wanted lacks, in words for an operator; null when nothing.
    @Nullable String missing() {
        return missing;
    }

    /// Before anything is decided: stands down where that is safe or the operator has the server
    /// in hand, and otherwise sees to it that a primary's deadline is known.
    void observed(LocalPostgres postgres, boolean inPause) {
        paused = inPause;
        if (paused || Disarming.isSafe(postgres)) {
            if (engaged != Engaged.DISARMED && fencing.disarm()) {
                engaged = Engaged.DISARMED;
            }
            missing = null;
        } else if (engaged != Engaged.ARMED && postgres.mayBePrimary()) {
            arm();
        }
    }

    /// Before the leader key is asked for under a server that is a primary already, as one is when
    /// a pause ends: this agent may freeze as soon as the key is ours, and nobody else would know
    /// when it runs out.
    ///
    /// @param promised the least that the key can last if it is won now.
    /// @return why it must not be asked for; null when it may.
    @Nullable String beforeClaim(LocalPostgres postgres, WriteDeadline.Term promised) {
        // One that may have heard of an earlier deadline keeps it: nothing is proven yet.
        return !paused && engaged == Engaged.DISARMED && postgres.mayBePrimary()
                ? arm(promised)
                : null;
    }

    /// After a renewal has been proven.
    void extended(LocalPostgres postgres) {
        if (!paused && (engaged == Engaged.ARMED || postgres.mayBePrimary())) {
            arm();
        }
    }

    /// After the deadline was moved back, before the key is moved.
    ///
    /// @return why the key must stay where it is; null when it may be moved.
    @Nullable String limited() {
        return paused || engaged == Engaged.DISARMED ? null : arm();
    }

    /// Before something that makes a primary.
    ///
    /// @return why it must not; null when it may.
    @Nullable String beforePrimary() {
        return arm();
    }

    private @Nullable String arm() {
        WriteDeadline.Term term = deadline.current();
        return term == null ? null : arm(term);
    }

    private @Nullable String arm(WriteDeadline.Term term) {
        return switch (fencing.arm(term)) {
            case Fencing.Armed.Confirmed() -> {
                engaged = Engaged.ARMED;
                missing = null;
                yield null;
            }
            case Fencing.Armed.Incomplete(String reason) -> {
                engaged = Engaged.UNKNOWN;
                missing = reason;
                yield null;
            }
            case Fencing.Armed.Refused(String reason) -> {
                engaged = Engaged.UNKNOWN;
                missing = reason;
                yield reason;
            }
        };
    }
}
