package io.tamada.core.cluster;

import io.tamada.core.member.MemberName;
import org.jspecify.annotations.Nullable;

/// One turn of a leader, from winning the key to its end, as it is kept in the store for people.
/// Nothing is decided by it.
///
/// @param epoch create revision of the leader key: no two terms have the same.
/// @param timeline on which it leads, the newest that is known.
/// @param began why it took the key.
/// @param ended why it gave the key up; null while it leads, and for ever when it could not say.
public record LeaderTerm(
        MemberName leader, long epoch, int timeline, Turn began, @Nullable Turn ended) {

    /// @param at ISO 8601, by the clock of that leader.
    /// @param rule the code of the rule that said so.
    /// @param because the facts that made it match; empty when the rule says it all.
    public record Turn(String at, String rule, String sentence, String because) {}

    public LeaderTerm withEnded(Turn turn) {
        return new LeaderTerm(leader, epoch, timeline, began, turn);
    }
}
