package io.tamada.core.slot;

import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which physical slots the leader must create or may drop, so that every member finds the WAL it
/// has not received yet.
public final class SlotPlan {

    private SlotPlan() {}

    /// @param absentSince since when a slot that once belonged to a member has had none; slots
    ///     that are not listed were not made for a member and are left alone.
    public static List<PostgresCommand> of(
            MemberName self,
            List<Member> members,
            List<SlotState> slots,
            SortedMap<String, Monotonic> absentSince,
            Monotonic now,
            Duration memberSlotsTtl) {
        SortedMap<String, SlotState> existing = new TreeMap<>();
        for (SlotState slot : slots) {
            existing.put(slot.name(), slot);
        }
        List<PostgresCommand> plan = new ArrayList<>();
        // Dropping first: a server that has no slot left can then create those that are wanted.
        absentSince.forEach(
                (name, since) -> {
                    SlotState slot = existing.get(name);
                    boolean expired = now.isAtOrAfter(since.plus(memberSlotsTtl));
                    if (slot != null && slot.physical() && !slot.active() && expired) {
                        plan.add(new PostgresCommand.DropSlot(name));
                    }
                });
        for (Member member : members) {
            String name = SlotName.of(member.name());
            if (!member.name().equals(self)
                    && !member.tags().noStream()
                    && !existing.containsKey(name)) {
                plan.add(new PostgresCommand.CreateSlot(name));
            }
        }
        return plan;
    }
}
