package io.tamada.core.lease;

import io.tamada.core.member.MemberName;
import io.tamada.core.time.Monotonic;

/// What this agent knows of the leader lease at one observation.
///
/// "I do not know" is a state of its own: an unanswered renewal neither extends the lease nor
/// loses it before its deadline.
public sealed interface LeaderLease {

    /// Ours, and the store has just said so.
    record Held(Monotonic mayWriteUntil) implements LeaderLease {}

    /// Ours when last seen; the store does not answer now.
    record Unconfirmed(Monotonic mayWriteUntil) implements LeaderLease {}

    /// The leader key names this member, but with a lease that this process did not win: an
    /// earlier life of this agent, or a stranger of the same name.
    record FormerLife() implements LeaderLease {}

    record HeldByOther(MemberName leader) implements LeaderLease {}

    /// The store has just said that there is no leader.
    record Vacant() implements LeaderLease {}

    /// Not ours, and the store does not answer.
    record Unknown() implements LeaderLease {}
}
