package io.tamada.core.follow;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.wal.Lsn;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Where a member takes its data from: the leader, unless the tags `replicatefrom` or `clonefrom`
/// name somebody better. pg_rewind is not asked for here: its source is always the leader.
public final class SourceChoice {

    /// What a member publishes while it streams.
    private static final String STREAMING = "streaming";

    private SourceChoice() {}

    /// Whom a standby streams from: the member that its `replicatefrom` names while that one
    /// streams itself on the leader's timeline, else the leader.
    ///
    /// Two members that name each other, directly or by way of others, would wait for each other
    /// for ever once the leader is gone from between them: then the leader is followed.
    public static Member ofReplication(
            MemberName self, @Nullable MemberName replicateFrom, ClusterView view, Member leader) {
        Member named = replicateFrom == null ? null : view.member(replicateFrom);
        return named != null
                        && isFit(named, self, leader)
                        && !leadsBackTo(self, named, view, leader)
                ? named
                : leader;
    }

    /// Whom a base backup is taken from: the most advanced of the streaming members that are
    /// tagged `clonefrom`, else the leader.
    public static Member ofBaseBackup(MemberName self, ClusterView view, Member leader) {
        Member best = null;
        for (Member member : view.members()) {
            if (member.tags().cloneFrom()
                    && isFit(member, self, leader)
                    && (best == null || position(member).isAfter(position(best)))) {
                best = member;
            }
        }
        return best == null ? leader : best;
    }

    private static boolean isFit(Member member, MemberName self, Member leader) {
        return !member.name().equals(self)
                && !member.name().equals(leader.name())
                && member.state() == MemberState.RUNNING
                && member.role() == MemberRole.REPLICA
                && STREAMING.equals(member.replicationState())
                && member.timeline() != null
                && member.timeline().equals(leader.timeline())
                && Upstream.ofConnUrl(member.connUrl()) != null;
    }

    private static boolean leadsBackTo(
            MemberName self, Member first, ClusterView view, Member leader) {
        SortedSet<MemberName> passed = new TreeSet<>();
        Member member = first;
        while (member != null
                && !member.name().equals(leader.name())
                && passed.add(member.name())) {
            MemberName next = member.tags().replicateFrom();
            if (self.equals(next)) {
                return true;
            }
            member = next == null ? null : view.member(next);
        }
        return false;
    }

    private static Lsn position(Member member) {
        return member.walLocation() == null ? Lsn.ZERO : member.walLocation();
    }
}
