package io.tamada.agent.fencing;

import io.tamada.agent.guard.Guard;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.fencing.FencingStatus.Rung;
import io.tamada.core.fencing.FencingStatus.State;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.port.Fencing;
import org.jspecify.annotations.Nullable;

/// The rungs outside the virtual machine, as one.
public final class FencingLadder implements Fencing {

    private final @Nullable Guard guard;
    private final @Nullable LinuxWatchdog watchdog;

    /// @param guard null where none is wanted.
    /// @param watchdog null where none is wanted.
    public FencingLadder(@Nullable Guard guard, @Nullable LinuxWatchdog watchdog) {
        this.guard = guard;
        this.watchdog = watchdog;
    }

    @Override
    public FencingStatus observe() {
        return new FencingStatus(
                guard == null ? Rung.OFF : guard.rung(),
                watchdog == null ? Rung.OFF : watchdog.rung());
    }

    @Override
    public Armed arm(WriteDeadline.Term term) {
        Armed ofGuard = guard == null ? new Armed.Confirmed() : arm(guard, term);
        Armed ofWatchdog =
                watchdog == null
                        ? new Armed.Confirmed()
                        : armed("watchdog", watchdog.arm(term), watchdog.mode());
        // The watchdog is fed also where the guard is missing. Few machines have one that can be
        // used: beside a guard that stands, its absence is nothing to be alarmed about.
        boolean guarded = guard != null && ofGuard instanceof Armed.Confirmed;
        boolean guardDecides =
                ofGuard instanceof Armed.Refused
                        || ofWatchdog instanceof Armed.Confirmed
                        || (guarded && ofWatchdog instanceof Armed.Incomplete);
        return guardDecides ? ofGuard : ofWatchdog;
    }

    private static Armed arm(Guard guard, WriteDeadline.Term term) {
        var until = term.mayWriteUntil();
        return armed(
                "guard",
                guard.arm(term.timing().quitBy(until), term.timing().killBy(until)),
                guard.rung().mode());
    }

    private static Armed armed(String rung, @Nullable String missing, Mode mode) {
        if (missing == null) {
            return new Armed.Confirmed();
        }
        String reason = rung + ": " + missing;
        return mode == Mode.REQUIRED ? new Armed.Refused(reason) : new Armed.Incomplete(reason);
    }

    @Override
    public boolean disarm() {
        boolean quiet = watchdog == null || watchdog.disarm();
        if (guard == null) {
            return quiet;
        }
        String unknown = guard.disarm();
        // Where there is none, the next one hears of it.
        return quiet && (unknown == null || guard.rung().state() == State.UNAVAILABLE);
    }
}
