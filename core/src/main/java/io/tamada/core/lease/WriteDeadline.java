package io.tamada.core.lease;

import io.tamada.core.time.Monotonic;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The one place that holds `mayWriteUntil`. The loop writes it; the loop, the deadman and
/// `/primary` read it and nothing else. Safe for use by many threads without a lock.
public final class WriteDeadline {

    /// `timing` travels with the instant, so that a reader never mixes an old one with a new one.
    public record Term(Monotonic mayWriteUntil, LeaseTiming timing) {}

    private final AtomicReference<@Nullable Term> term = new AtomicReference<>();

    /// Moves the deadline forward. An answer that arrives late proves less than what is known
    /// already, so it changes nothing; only {@link #limit} moves a deadline back.
    public void extend(Monotonic mayWriteUntil, LeaseTiming timing) {
        term.updateAndGet(
                old ->
                        old != null && mayWriteUntil.isBefore(old.mayWriteUntil())
                                ? new Term(old.mayWriteUntil(), timing)
                                : new Term(mayWriteUntil, timing));
    }

    /// Moves the deadline back, before the leader key is moved to a lease that runs out sooner:
    /// what the old lease has proven says nothing of the new one, and the move may be applied
    /// without an answer.
    public void limit(Monotonic mayWriteUntil, LeaseTiming timing) {
        term.updateAndGet(
                old ->
                        old != null && mayWriteUntil.isBefore(old.mayWriteUntil())
                                ? new Term(mayWriteUntil, timing)
                                : old);
    }

    /// Leadership is lost or was given up: nothing may be written from now on.
    public void revoke() {
        term.set(null);
    }

    /// The current deadline, or null when this agent is not the leader.
    public @Nullable Term current() {
        return term.get();
    }

    /// Whether a write acknowledged at `now` is still covered by the lease.
    public boolean covers(Monotonic now) {
        Term held = term.get();
        return held != null && now.isBefore(held.mayWriteUntil());
    }
}
