package io.tamada.core.fencing;

import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How the rungs of the fencing ladder outside the agent's process stand.
///
/// @param guard the process that ends the server when the deadline passes, whatever has become of
///     the agent.
/// @param watchdog the kernel's watchdog, which resets the machine.
public record FencingStatus(Rung guard, Rung watchdog) {

    /// Whether a rung is wanted; the words are Patroni's for its watchdog.
    public enum Mode {
        OFF,
        /// Used where it is there; its absence is told and otherwise borne.
        AUTOMATIC,
        /// A member without it may not lead.
        REQUIRED
    }

    public enum State {
        OFF,
        /// There, and standing down.
        READY,
        /// There, with a deadline.
        ARMED,
        /// The deadline has passed: nothing of the instance may live.
        FIRED,
        /// Wanted and not there.
        UNAVAILABLE
    }

    /// @param reason why it is unavailable, in words for an operator; null when it is not.
    /// @param missingSince since when it is unavailable; null when it is not.
    /// @param kills how many processes it has killed.
    /// @param repairs how often it had to be started anew.
    public record Rung(
            Mode mode,
            State state,
            @Nullable String reason,
            @Nullable Monotonic missingSince,
            long kills,
            long repairs) {

        public static final Rung OFF = new Rung(Mode.OFF, State.OFF, null, null, 0, 0);

        public static Rung unavailable(Mode mode, String reason, Monotonic since) {
            return new Rung(mode, State.UNAVAILABLE, reason, since, 0, 0);
        }

        boolean isNeededAndMissing() {
            return mode == Mode.REQUIRED && state == State.UNAVAILABLE;
        }
    }

    public static final FencingStatus OFF = new FencingStatus(Rung.OFF, Rung.OFF);

    /// Why a member that stands so may not lead, in words for an operator; null when nothing
    /// speaks against it.
    public @Nullable String whyMayNotLead() {
        if (guard.isNeededAndMissing()) {
            return "guard is required and not there: " + guard.reason();
        }
        if (watchdog.isNeededAndMissing()) {
            return "watchdog is required and not there: " + watchdog.reason();
        }
        return null;
    }

    /// Whether a rung that is required has been missing for so long that it will not come back by
    /// itself.
    public boolean isGoneForGood(Monotonic now, Duration patience) {
        return isMissingFor(guard, now, patience) || isMissingFor(watchdog, now, patience);
    }

    private static boolean isMissingFor(Rung rung, Monotonic now, Duration patience) {
        Monotonic since = rung.missingSince();
        return rung.isNeededAndMissing() && since != null && now.isAtOrAfter(since.plus(patience));
    }
}
