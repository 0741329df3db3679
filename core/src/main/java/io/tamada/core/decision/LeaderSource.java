package io.tamada.core.decision;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.follow.SourceChoice;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import org.jspecify.annotations.Nullable;

/// The leader, another member, as a source of data: `upstream` and `timeline` are null until it
/// says that it is a running primary.
record LeaderSource(
        String name,
        @Nullable Member member,
        @Nullable Upstream upstream,
        @Nullable Timeline timeline,
        ClusterView view) {

    static LeaderSource of(Situation.Following following) {
        Member member = following.view().leaderMember();
        // Before the cluster has a system identifier nobody knows whether the leader's data and
        // ours belong together; to rewind or wipe on its word could destroy another cluster's.
        boolean ready =
                following.view().initialization() instanceof Initialization.Done
                        && member != null
                        && member.state() == MemberState.RUNNING
                        && member.role().isLeading()
                        && member.timeline() != null;
        return new LeaderSource(
                following.leader().name().value(),
                member,
                ready && member != null ? Upstream.ofConnUrl(member.connUrl()) : null,
                ready && member != null ? member.timeline() : null,
                following.view());
    }

    TimelineHistory history() {
        return view.history();
    }

    /// Whom we stream from: the leader, or the member that the tag `replicatefrom` names; nobody
    /// where the tag `nostream` says so.
    Target target(Observation seen) {
        if (seen.self().tags().noStream()) {
            return new Target(name, null);
        }
        if (member == null) {
            return new Target(name, upstream);
        }
        Member source =
                SourceChoice.ofReplication(
                        seen.self().name(), seen.self().tags().replicateFrom(), view, member);
        return source.name().equals(member.name())
                ? new Target(name, upstream)
                : new Target(source.name().value(), Upstream.ofConnUrl(source.connUrl()));
    }

    /// @param upstream null for a member that does not stream.
    record Target(String name, @Nullable Upstream upstream) {

        RuleId pointing(LeaderSource leader) {
            if (upstream == null) {
                return RuleId.FOLLOW_ARCHIVE;
            }
            return name.equals(leader.name())
                    ? RuleId.FOLLOW_NEW_LEADER
                    : RuleId.FOLLOW_OTHER_MEMBER;
        }
    }
}
