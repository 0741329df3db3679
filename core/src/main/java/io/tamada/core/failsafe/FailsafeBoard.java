package io.tamada.core.failsafe;

import io.tamada.core.member.MemberName;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Where the consent of this member stands: REST hangs it up, the loop obeys it.
///
/// Consent means: no race and no promotion here for one ttl, counted from when the question
/// arrived, which is later than when it was sent, so the asker's own count ends first. Consent and
/// leading exclude each other, and both are taken in one atomic step: whoever tries to lead first
/// claims this board, and from then on consent is refused; who has consented cannot claim it. Safe
/// for use by many threads without a lock.
public final class FailsafeBoard {

    /// A consent in force.
    ///
    /// @param until on this node's clock.
    public record Promise(MemberName leader, Monotonic until) {}

    /// What a member that asks for consent is told.
    public sealed interface Reply {

        /// @param ttl how long the consent lasts.
        record Accepted(Duration ttl) implements Reply {}

        /// This member leads, or tries to.
        record Leading() implements Reply {}

        /// Somebody else has a better claim.
        record OtherLeads(MemberName leader) implements Reply {}

        /// Consent is not given at all.
        record Disabled() implements Reply {}
    }

    /// @param ttl how long a consent lasts; null while none is given.
    /// @param leader who leads, as the store has just said; null when it does not say.
    /// @param known API URLs of those who may ask, by name.
    public record Terms(
            @Nullable Duration ttl, @Nullable MemberName leader, SortedMap<String, String> known) {

        public static final Terms OFF = new Terms(null, null, new TreeMap<>());

        public Terms {
            known = Collections.unmodifiableSortedMap(new TreeMap<>(known));
        }
    }

    /// @param claimed whether this member may have won, or still win, the leader key.
    /// @param primary whether its server may be a primary; true until it was looked at.
    private record State(Terms terms, boolean claimed, boolean primary, @Nullable Promise promise) {

        boolean isPromised(Monotonic now) {
            return promise != null && now.isBefore(promise.until());
        }
    }

    /// Where the slots of the leader that was consented to last are, by its own word.
    private final AtomicReference<SortedMap<String, Lsn>> slots =
            new AtomicReference<>(new TreeMap<>());

    private final AtomicReference<State> state =
            new AtomicReference<>(new State(Terms.OFF, false, true, null));

    /// Asked by `leader` to consent at `now`.
    public Reply ask(MemberName leader, Monotonic now) {
        while (true) {
            State old = state.get();
            Terms terms = old.terms();
            if (old.claimed() || old.primary()) {
                return new Reply.Leading();
            }
            if (terms.ttl() == null) {
                return new Reply.Disabled();
            }
            if (terms.leader() != null && !terms.leader().equals(leader)) {
                return new Reply.OtherLeads(terms.leader());
            }
            Promise promise = old.promise();
            if (promise != null && old.isPromised(now) && !promise.leader().equals(leader)) {
                return new Reply.OtherLeads(promise.leader());
            }
            Monotonic until = now.plus(terms.ttl());
            if (promise != null && until.isBefore(promise.until())) {
                until = promise.until();
            }
            Promise longer = new Promise(leader, until);
            if (state.compareAndSet(old, new State(terms, false, false, longer))) {
                return new Reply.Accepted(terms.ttl());
            }
        }
    }

    /// What a leader that was consented to has said of its slots.
    public void told(SortedMap<String, Lsn> positions) {
        slots.set(Collections.unmodifiableSortedMap(new TreeMap<>(positions)));
    }

    /// Of use while a consent is in force.
    public SortedMap<String, Lsn> slots() {
        return slots.get();
    }

    /// Before anything is done that may end in leading.
    ///
    /// @return whether it may be done; false while a consent is in force.
    public boolean claim(Monotonic now) {
        while (true) {
            State old = state.get();
            if (old.isPromised(now)) {
                return false;
            }
            if (state.compareAndSet(old, new State(old.terms(), true, old.primary(), null))) {
                return true;
            }
        }
    }

    /// The store has shown that this member does not lead, and nothing it has sent is under way.
    public void unclaim() {
        state.updateAndGet(old -> new State(old.terms(), false, old.primary(), old.promise()));
    }

    public void update(Terms terms) {
        state.updateAndGet(old -> new State(terms, old.claimed(), old.primary(), old.promise()));
    }

    public void observed(boolean mayBePrimary) {
        state.updateAndGet(
                old -> new State(old.terms(), old.claimed(), mayBePrimary, old.promise()));
    }

    /// The consent in force, or null.
    public @Nullable Promise promise(Monotonic now) {
        State seen = state.get();
        return seen.isPromised(now) ? seen.promise() : null;
    }

    public Terms terms() {
        return state.get().terms();
    }
}
