package io.tamada.core.cluster;

import io.tamada.core.member.MemberName;
import io.tamada.core.wal.Timeline;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What this member has seen of its cluster, kept on its own disk beside the data directory: it
/// outlives the agent, and a store that was wiped or restored.
///
/// @param system the cluster's system identifier; null before it has one.
/// @param members API URL of every member by name, this one included.
/// @param leader who led when there last was a leader; null when none was seen.
/// @param leaderConnUrl where that leader's server was reached; null when that is not known.
/// @param timeline the newest timeline that the cluster is known to have reached.
/// @param revision a revision that the store has reached, not always the newest.
/// @param configJson the dynamic configuration as it was in the store; null when there was none.
/// @param failsafe whether, and for how long, this member consents to a leader without a store.
public record ClusterRecord(
        @Nullable SystemIdentifier system,
        SortedMap<String, String> members,
        @Nullable MemberName leader,
        @Nullable String leaderConnUrl,
        Timeline timeline,
        long revision,
        @Nullable String configJson,
        Failsafe failsafe) {

    /// @param on whether failsafe mode was on.
    /// @param ttl how long a consent given under this record lasts.
    /// @param released whether the agent has ended in order with no consent in force; under such a
    ///     record none is given.
    public record Failsafe(boolean on, Duration ttl, boolean released) {

        public Failsafe(boolean on, Duration ttl) {
            this(on, ttl, false);
        }

        /// Whether who finds this record may be bound by a consent that is not written anywhere.
        public boolean mayBind() {
            return on && !released;
        }
    }

    public ClusterRecord withFailsafe(Failsafe other) {
        return new ClusterRecord(
                system, members, leader, leaderConnUrl, timeline, revision, configJson, other);
    }

    /// Whether this is the record of a cluster that has these data, with the configuration it had.
    public boolean knows(SystemIdentifier data) {
        return data.equals(system) && configJson != null;
    }

    /// The longer of the recorded ttl and the present one: a store may have gone back to a shorter
    /// one than the last leader was granted.
    public Duration longerTtl(Duration present) {
        return failsafe.ttl().compareTo(present) > 0 ? failsafe.ttl() : present;
    }

    public ClusterRecord {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    }
}
