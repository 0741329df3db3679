package io.tamada.core.slot;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.follow.SourceChoice;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus.SlotState;
import java.util.ArrayList;
import java.util.List;

/// The slots of members that stream from another one than the leader: they belong on that one,
/// and on no other, where nobody would ever move them and they would hold WAL back for ever.
public final class CascadeSlots {

    private CascadeSlots() {}

    /// The members that stream from `self`: every other one that `replicatefrom` sends nowhere
    /// else for a leader, those that it sends here for a standby.
    public static List<Member> fedBy(MemberName self, ClusterView view) {
        Member leader = view.leaderMember();
        List<Member> fed = new ArrayList<>();
        for (Member member : view.members()) {
            boolean other = !member.name().equals(self) && !member.tags().noStream();
            if (other && (leader == null || source(member, view, leader).equals(self))) {
                fed.add(member);
            }
        }
        return fed;
    }

    /// For a standby that streams: the slots that those want who stream from it.
    public static List<PostgresCommand> onStandby(
            MemberName self, ClusterView view, List<SlotState> slots) {
        List<PostgresCommand> plan = new ArrayList<>();
        if (view.leaderMember() == null) {
            return plan;
        }
        for (Member member : fedBy(self, view)) {
            String name = SlotName.of(member.name());
            if (slots.stream().noneMatch(slot -> slot.name().equals(name))) {
                plan.add(new PostgresCommand.CreateSlot(name));
            }
        }
        return plan;
    }

    /// For any server: the idle slots of members that are there and stream from somebody else.
    public static List<PostgresCommand> elsewhere(
            MemberName self, ClusterView view, List<SlotState> slots) {
        List<PostgresCommand> plan = new ArrayList<>();
        Member leader = view.leaderMember();
        if (leader == null) {
            return plan;
        }
        for (Member member : view.members()) {
            MemberName named = member.tags().replicateFrom();
            boolean cascades =
                    named != null
                            && !member.name().equals(self)
                            && source(member, view, leader).equals(named)
                            && !named.equals(self);
            for (SlotState slot : slots) {
                if (cascades
                        && slot.physical()
                        && !slot.active()
                        && slot.name().equals(SlotName.of(member.name()))) {
                    plan.add(new PostgresCommand.DropSlot(slot.name()));
                }
            }
        }
        return plan;
    }

    private static MemberName source(Member member, ClusterView view, Member leader) {
        return SourceChoice.ofReplication(
                        member.name(), member.tags().replicateFrom(), view, leader)
                .name();
    }
}
