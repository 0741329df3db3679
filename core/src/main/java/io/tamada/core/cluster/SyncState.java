package io.tamada.core.cluster;

import io.tamada.core.member.MemberName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `sync` key of synchronous mode: who may be promoted without losing a commit that was
/// acknowledged.
///
/// Names are compared without regard to case, as PostgreSQL compares them in
/// `synchronous_standby_names`.
///
/// @param leader the leader that has written this; it has all of its own commits. Null when the
///     key says nothing.
/// @param standbys the standbys that count, without the leader.
/// @param quorum how many of the other `standbys` one of them must have asked, and found not to be
///     ahead, before it may lead; zero where each has every commit.
public record SyncState(@Nullable String leader, List<String> standbys, int quorum) {

    /// Stands for a value that cannot be read: it may name anybody, so nobody can point to it.
    public static final SyncState UNREADABLE = new SyncState("?", List.of(), 0);

    public SyncState {
        standbys = List.copyOf(standbys);
    }

    /// Nobody but the leader may be promoted.
    public static SyncState leaderOnly(MemberName leader) {
        return new SyncState(leader.value(), List.of(), 0);
    }

    public boolean isLeader(MemberName name) {
        return leader != null && leader.equalsIgnoreCase(name.value());
    }

    public boolean lists(MemberName name) {
        for (String standby : standbys) {
            if (standby.equalsIgnoreCase(name.value())) {
                return true;
            }
        }
        return false;
    }
}
