package io.tamada.core.cluster;

import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything below the cluster's prefix at one revision of the store, read linearizably.
///
/// @param revision the store's revision of this reading.
/// @param config the dynamic configuration, or null when the key is absent.
/// @param historyRevision modification revision of the `history` key, zero when absent: a lock
///     taken with it cannot be taken past a promotion that happened in between.
/// @param syncRevision modification revision of the `sync` key, zero when absent: nobody writes
///     it on the ground of an older reading.
/// @param failsafe whom the last leader named for failsafe mode.
/// @param claimedTimeline the newest timeline that a leader has set out to begin, whatever came of
///     it; null when none has.
/// @param rebuilding the member that replaces its data at the moment, or null.
public record ClusterView(
        long revision,
        Initialization initialization,
        @Nullable LeaderKey leader,
        List<Member> members,
        @Nullable ClusterConfig config,
        TimelineHistory history,
        long historyRevision,
        ClusterStatus status,
        @Nullable SyncState sync,
        long syncRevision,
        @Nullable FailoverRequest failover,
        FailsafeMembers failsafe,
        @Nullable Timeline claimedTimeline,
        @Nullable MemberName rebuilding) {

    public static final ClusterView EMPTY =
            new ClusterView(
                    0,
                    new Initialization.Absent(),
                    null,
                    List.of(),
                    null,
                    TimelineHistory.EMPTY,
                    0,
                    ClusterStatus.EMPTY,
                    null,
                    0,
                    null,
                    FailsafeMembers.NONE,
                    null,
                    null);

    public ClusterView {
        members = List.copyOf(members);
    }

    /// While no member replaces its data.
    public ClusterView(
            long revision,
            Initialization initialization,
            @Nullable LeaderKey leader,
            List<Member> members,
            @Nullable ClusterConfig config,
            TimelineHistory history,
            long historyRevision,
            ClusterStatus status,
            @Nullable SyncState sync,
            long syncRevision,
            @Nullable FailoverRequest failover,
            FailsafeMembers failsafe,
            @Nullable Timeline claimedTimeline) {
        this(
                revision,
                initialization,
                leader,
                members,
                config,
                history,
                historyRevision,
                status,
                sync,
                syncRevision,
                failover,
                failsafe,
                claimedTimeline,
                null);
    }

    /// As if no leader had promised anything; who writes the key still has to name what is there.
    public ClusterView withoutSync() {
        return new ClusterView(
                revision,
                initialization,
                leader,
                members,
                config,
                history,
                historyRevision,
                status,
                null,
                syncRevision,
                failover,
                failsafe,
                claimedTimeline,
                rebuilding);
    }

    /// With what the store does not show (any more), but has shown; who writes these keys still has
    /// to name the revisions that are there.
    public ClusterView with(ClusterStatus lastStatus, @Nullable SyncState lastSync) {
        return new ClusterView(
                revision,
                initialization,
                leader,
                members,
                config,
                history,
                historyRevision,
                lastStatus,
                lastSync,
                syncRevision,
                failover,
                failsafe,
                claimedTimeline,
                rebuilding);
    }

    /// As if nobody had asked for a failover.
    public ClusterView withoutFailover() {
        return new ClusterView(
                revision,
                initialization,
                leader,
                members,
                config,
                history,
                historyRevision,
                status,
                sync,
                syncRevision,
                null,
                failsafe,
                claimedTimeline,
                rebuilding);
    }

    public @Nullable Member member(MemberName name) {
        return member(name.value());
    }

    /// @param name any text, which need not be one that a member can have.
    public @Nullable Member member(String name) {
        for (Member member : members) {
            if (member.name().value().equals(name)) {
                return member;
            }
        }
        return null;
    }

    /// The leader's own record, or null when there is no leader or it has not published itself.
    public @Nullable Member leaderMember() {
        return leader == null ? null : member(leader.name());
    }

    /// Whether all the others that have published themselves are Tamadas.
    public ClusterConfig.Company company(MemberName self) {
        for (Member member : members) {
            if (!member.isTamada() && !member.name().equals(self)) {
                return ClusterConfig.Company.WITH_PATRONI;
            }
        }
        return ClusterConfig.Company.ONLY_TAMADAS;
    }
}
