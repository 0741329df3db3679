package io.tamada.core.slot;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.member.Member;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is remembered of slots from one observation to the next.
///
/// Slots of members outlive their members by `member_slots_ttl`. The leader counts that time, and
/// publishes whose slots it keeps (`retain_slots`), so that they outlive the leader too; its
/// successor counts from its election.
///
/// @param leading whether we led when this was noted.
/// @param sameRoleSince since when that has not changed; null before the first note.
/// @param claimedAt for a leader: by the slots it keeps for members, when one last claimed it.
/// @param expired for a leader: slots of members that were absent for too long.
/// @param idleSince since when a slot of the local server is not in use.
/// @param copies which copies of logical slots are safe.
public record SlotMemory(
        boolean leading,
        @Nullable Monotonic sameRoleSince,
        SortedMap<String, Monotonic> claimedAt,
        SortedSet<String> expired,
        SortedMap<String, Monotonic> idleSince,
        CopyMemory copies) {

    public static final SlotMemory NONE =
            new SlotMemory(
                    false,
                    null,
                    new TreeMap<>(),
                    new TreeSet<>(),
                    new TreeMap<>(),
                    CopyMemory.NONE);

    public SlotMemory {
        claimedAt = Collections.unmodifiableSortedMap(new TreeMap<>(claimedAt));
        expired = Collections.unmodifiableSortedSet(new TreeSet<>(expired));
        idleSince = Collections.unmodifiableSortedMap(new TreeMap<>(idleSince));
    }

    /// @param status the local server's answer; while it gives none nothing changes.
    public SlotMemory next(
            ClusterView view,
            @Nullable ServerStatus status,
            boolean leads,
            SlotSettings settings,
            Monotonic now) {
        if (status == null) {
            return this;
        }
        Monotonic since = sameRoleSince == null || leads != leading ? now : sameRoleSince;
        SortedMap<String, Monotonic> claimed = new TreeMap<>();
        SortedSet<String> gone = new TreeSet<>();
        if (leads) {
            claimed.putAll(leading ? claimedAt : taken(view, now));
            gone.addAll(leading ? expired : new TreeSet<>());
            claim(claimed, gone, view, status, settings, now);
            expire(claimed, gone, settings.memberTtl(), now);
        }
        return new SlotMemory(leads, since, claimed, gone, idle(status, now), copies);
    }

    /// @param said what the leader has said of its slots.
    /// @param slotOnLeader as {@link SlotCopying#slotOnLeader}.
    public SlotMemory compared(
            ClusterView view,
            @Nullable ServerStatus status,
            SlotSettings settings,
            LeaderSlots said,
            @Nullable String slotOnLeader,
            Monotonic now) {
        return status == null
                ? this
                : new SlotMemory(
                        leading,
                        sameRoleSince,
                        claimedAt,
                        expired,
                        idleSince,
                        copies.next(view, status, settings, said, slotOnLeader, now));
    }

    private static SortedMap<String, Monotonic> taken(ClusterView view, Monotonic now) {
        SortedMap<String, Monotonic> taken = new TreeMap<>();
        for (String slot : view.status().retainSlots()) {
            taken.put(slot, now);
        }
        return taken;
    }

    private static void claim(
            SortedMap<String, Monotonic> claimed,
            SortedSet<String> gone,
            ClusterView view,
            ServerStatus status,
            SlotSettings settings,
            Monotonic now) {
        for (Member member : view.members()) {
            String slot = SlotName.of(member.name());
            gone.remove(slot);
            boolean ours =
                    (view.leader() != null && view.leader().name().equals(member.name()))
                            || status.slot(slot) != null;
            SlotSettings.Permanent permanent = settings.permanent().get(slot);
            if (member.tags().noStream() || (permanent != null && permanent.logical() == null)) {
                claimed.remove(slot);
            } else if (ours) {
                claimed.put(slot, now);
            }
        }
    }

    private static void expire(
            SortedMap<String, Monotonic> claimed,
            SortedSet<String> gone,
            Duration memberTtl,
            Monotonic now) {
        claimed.forEach(
                (slot, at) -> {
                    if (now.isAtOrAfter(at.plus(memberTtl))) {
                        gone.add(slot);
                    }
                });
        claimed.keySet().removeAll(gone);
    }

    private SortedMap<String, Monotonic> idle(ServerStatus status, Monotonic now) {
        SortedMap<String, Monotonic> idle = new TreeMap<>();
        for (SlotState slot : status.slots()) {
            if (!slot.active()) {
                Monotonic known = idleSince.get(slot.name());
                idle.put(slot.name(), known == null ? now : known);
            }
        }
        return idle;
    }
}
