package io.tamada.core.cluster;

import io.tamada.core.member.MemberName;
import org.jspecify.annotations.Nullable;

/// The `failover` key: somebody asks for a failover, or for a switchover when `leader` is named.
///
/// @param leader who is to give the leadership away; null when the leader is gone, or does not
///     matter.
/// @param candidate who is to take it; null for whoever fits best.
/// @param scheduledAt when, as it was written; null for now.
/// @param scheduledEpochMillis the same in milliseconds since 1970; null when there is no time, or
///     one that cannot be read.
/// @param revision modification revision of the key: a request is cleared only as it was seen.
public record FailoverRequest(
        @Nullable String leader,
        @Nullable String candidate,
        @Nullable String scheduledAt,
        @Nullable Long scheduledEpochMillis,
        long revision) {

    public boolean isCandidate(MemberName member) {
        return member.value().equals(candidate);
    }

    public boolean isLeader(MemberName member) {
        return member.value().equals(leader);
    }

    @Override
    public String toString() {
        return "from "
                + (leader == null ? "whoever leads" : leader)
                + " to "
                + (candidate == null ? "whoever fits best" : candidate)
                + (scheduledAt == null ? "" : " at " + scheduledAt);
    }
}
