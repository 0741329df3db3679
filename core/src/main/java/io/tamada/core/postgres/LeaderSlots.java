package io.tamada.core.postgres;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the leader has said of its slots when it was last asked, and how this member has fared with
/// its copies of them.
///
/// @param leader who was asked; null when nobody has answered yet, or a copy has been made since.
/// @param readable whether our role may read the leader's slots, file by file.
/// @param slots what was there, by name.
/// @param broken copies that cannot be moved along: WAL that they need is not here.
/// @param spoiled slots whose copy has kept this server from starting.
public record LeaderSlots(
        @Nullable Upstream leader,
        boolean readable,
        SortedMap<String, OnLeader> slots,
        SortedSet<String> broken,
        SortedSet<String> spoiled) {

    public static final LeaderSlots NONE =
            new LeaderSlots(null, false, new TreeMap<>(), new TreeSet<>(), new TreeSet<>());

    public LeaderSlots {
        slots = Collections.unmodifiableSortedMap(new TreeMap<>(slots));
        broken = Collections.unmodifiableSortedSet(new TreeSet<>(broken));
        spoiled = Collections.unmodifiableSortedSet(new TreeSet<>(spoiled));
    }

    /// One slot of the leader (PostgreSQL manual, "pg_replication_slots").
    ///
    /// @param database of a logical slot; null for a physical one, as is `plugin`.
    /// @param catalogXmin the oldest transaction whose catalog rows it keeps; null for none.
    /// @param keptByServer whether PostgreSQL itself copies it (17 and later, `failover`).
    public record OnLeader(
            @Nullable String database,
            @Nullable String plugin,
            @Nullable Long catalogXmin,
            boolean keptByServer) {}
}
