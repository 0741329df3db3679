package io.tamada.agent.cli;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.member.PendingRestart;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Clusters to look at.
final class Sights {

    static final String SYSTEM = "7012345678901234567";

    private Sights() {}

    static Member member(String name, MemberRole role) {
        return member(name, role, "10.0.0.1:5432", null, MemberTags.NONE);
    }

    static MemberTags from(String source) {
        TreeMap<String, Object> tags = new TreeMap<>();
        tags.put("replicatefrom", source);
        return new MemberTags(tags);
    }

    static Member member(
            String name,
            MemberRole role,
            String address,
            @Nullable String scheduledRestart,
            MemberTags tags) {
        return new Member(
                new MemberName(name),
                "postgres://" + address + "/postgres",
                "http://" + address + "/patroni",
                MemberState.RUNNING,
                role,
                "4.1.0",
                null,
                null,
                new Timeline(2),
                new Lsn(5L * 1024 * 1024),
                null,
                null,
                role == MemberRole.REPLICA ? "streaming" : null,
                tags,
                true,
                PendingRestart.of(false),
                false,
                null,
                scheduledRestart,
                null);
    }

    static ClusterView view(@Nullable String leader, Member... members) {
        return view(leader, ClusterConfig.DEFAULTS, null, members);
    }

    static ClusterView view(@Nullable String leader, ClusterStatus status, Member... members) {
        return view(leader, ClusterConfig.DEFAULTS, null, status, TimelineHistory.EMPTY, members);
    }

    static ClusterView view(@Nullable String leader, TimelineHistory history, Member... members) {
        return view(leader, ClusterConfig.DEFAULTS, null, ClusterStatus.EMPTY, history, members);
    }

    static ClusterView view(
            @Nullable String leader,
            ClusterConfig config,
            @Nullable FailoverRequest request,
            Member... members) {
        return view(leader, config, request, ClusterStatus.EMPTY, TimelineHistory.EMPTY, members);
    }

    private static ClusterView view(
            @Nullable String leader,
            ClusterConfig config,
            @Nullable FailoverRequest request,
            ClusterStatus status,
            TimelineHistory history,
            Member... members) {
        return new ClusterView(
                1,
                new Initialization.Done(new SystemIdentifier(SYSTEM)),
                leader == null ? null : new LeaderKey(new MemberName(leader), 1, 1, 1),
                List.of(members),
                config,
                history,
                0,
                status,
                null,
                0,
                request,
                FailsafeMembers.NONE,
                null);
    }
}
