package io.tamada.core.fencing;

import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the deadman inside the agent knows between two looks, and what it concludes from the next
/// one. Immutable: a look gives the verdict and the watch to go on with.
///
/// A primary under a lease is told to quit at `quitBy` and killed from `killBy` on. A primary
/// without one gets a short grace, in which the loop may take the lease back or stop it in order;
/// right after the agent's start, when an adopted primary's lease may be good still, a longer one.
///
/// @param graceAtStart how long an adopted primary may run before its lease is proven.
/// @param nakedSince since when a primary without a lease has been seen; null while there is none.
/// @param lastTerm the lease that was seen last; null when none was since the start or a pause.
/// @param quitSent whether SIGQUIT was sent already; once is enough, SIGKILL is repeated.
public record DeadmanWatch(
        Duration graceAtStart,
        @Nullable Monotonic nakedSince,
        WriteDeadline.@Nullable Term lastTerm,
        boolean quitSent) {

    private static final Duration GRACE_WITHOUT_LEASE = Duration.ofMillis(500);
    private static final Duration FROM_QUIT_TO_KILL = Duration.ofSeconds(1);

    /// What to do now.
    public enum Verdict {
        LET_RUN,
        QUIT,
        KILL
    }

    public record Look(Verdict verdict, DeadmanWatch next) {}

    public static DeadmanWatch atStart(Duration graceAtStart) {
        return new DeadmanWatch(graceAtStart, null, null, false);
    }

    /// In maintenance nothing is fenced, and afterwards the grace begins anew.
    public DeadmanWatch paused() {
        return atStart(graceAtStart);
    }

    /// The server cannot accept writes.
    public DeadmanWatch noPrimary() {
        return new DeadmanWatch(graceAtStart, null, lastTerm, false);
    }

    /// The server might accept writes.
    ///
    /// @param term the lease that is believed in now; null when there is none.
    public Look primary(Monotonic now, WriteDeadline.@Nullable Term term) {
        if (term != null) {
            return concluded(strike(now, term), null, term);
        }
        if (lastTerm != null && strike(now, lastTerm) != Verdict.LET_RUN) {
            // The loop has seen the loss first, after a pause that outlasted the lease.
            return concluded(strike(now, lastTerm), nakedSince, lastTerm);
        }
        Monotonic since = nakedSince == null ? now : nakedSince;
        Monotonic quitBy = since.plus(lastTerm == null ? graceAtStart : GRACE_WITHOUT_LEASE);
        Verdict verdict = Verdict.LET_RUN;
        if (now.isAtOrAfter(quitBy.plus(FROM_QUIT_TO_KILL))) {
            verdict = Verdict.KILL;
        } else if (now.isAtOrAfter(quitBy)) {
            verdict = Verdict.QUIT;
        }
        return concluded(verdict, since, lastTerm);
    }

    private static Verdict strike(Monotonic now, WriteDeadline.Term term) {
        Monotonic end = term.mayWriteUntil();
        if (now.isAtOrAfter(term.timing().killBy(end))) {
            return Verdict.KILL;
        }
        return now.isAtOrAfter(term.timing().quitBy(end)) ? Verdict.QUIT : Verdict.LET_RUN;
    }

    private Look concluded(
            Verdict verdict, @Nullable Monotonic since, WriteDeadline.@Nullable Term term) {
        boolean again = verdict == Verdict.QUIT && quitSent;
        return new Look(
                again ? Verdict.LET_RUN : verdict,
                new DeadmanWatch(graceAtStart, since, term, verdict == Verdict.QUIT));
    }
}
