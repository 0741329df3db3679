package io.tamada.core.slot;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// All that a plan for slots may know.
///
/// @param leads whether we hold the lease and the server is the primary.
/// @param patience how long a slot must have been idle before it counts as a stranger: a ttl, in
///     which every member that lives renews its record.
/// @param leaderSlots what the leader has said of its slots.
/// @param walRoomBytes free room where the WAL is; null when it is not known.
public record SlotFacts(
        MemberName self,
        MemberTags tags,
        boolean leads,
        ClusterView view,
        ClusterConfig config,
        ServerStatus status,
        LeaderSlots leaderSlots,
        SlotMemory memory,
        Monotonic now,
        Duration patience,
        @Nullable Long walRoomBytes) {}
