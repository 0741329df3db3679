package io.tamada.core.slot;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SlotSettings.ClusterKind;
import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.cluster.SlotSettings.Permanent;
import io.tamada.core.follow.SourceChoice;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.wal.Lsn;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which slots a server should have, as Patroni 4 counts them.
///
/// Every server that may become the leader keeps a slot for every other member, so that the WAL
/// that they need is there after a failover. Those that nobody uses there are moved along to where
/// the leader says that their owners are. One that never leads has slots only for those who stream
/// from it.
final class WantedSlots {

    /// @param position to which the slot may be moved when nobody uses it; null when that is not
    ///     known.
    record Wanted(Kind kind, @Nullable Logical logical, @Nullable Lsn position) {}

    enum Kind {
        /// Somebody is expected to use it on this server.
        OF_USER,
        /// Kept for what may come: its owner uses another server.
        IN_RESERVE,
        /// Of an absent member; kept if it is there, never made.
        RETAINED
    }

    private WantedSlots() {}

    static SortedMap<String, Wanted> of(SlotFacts facts) {
        SortedMap<String, Wanted> wanted = new TreeMap<>();
        if (!facts.config().postgres().useSlots()) {
            return wanted;
        }
        boolean candidate = facts.leads() || !facts.tags().neverLeads();
        members(facts, wanted, candidate);
        if (candidate) {
            retained(facts, wanted);
            permanent(facts, wanted);
        }
        wanted.remove(SlotName.of(facts.self()));
        return wanted;
    }

    private static void members(
            SlotFacts facts, SortedMap<String, Wanted> wanted, boolean candidate) {
        ClusterView view = facts.view();
        SlotSettings settings = facts.config().slots();
        boolean keepsForAll = candidate && !settings.memberTtl().isZero();
        for (Member member : view.members()) {
            if (member.name().equals(facts.self()) || member.tags().noStream()) {
                continue;
            }
            boolean used = streamsFrom(facts.self(), member, view, facts.leads());
            String slot = SlotName.of(member.name());
            if (used) {
                wanted.put(slot, new Wanted(Kind.OF_USER, null, position(view, member, slot)));
            } else if (keepsForAll) {
                wanted.put(slot, new Wanted(Kind.IN_RESERVE, null, position(view, member, slot)));
            }
        }
    }

    private static boolean streamsFrom(
            MemberName self, Member member, ClusterView view, boolean leads) {
        Member leader = view.leaderMember();
        if (leader == null) {
            return leads;
        }
        return !member.name().equals(leader.name())
                && SourceChoice.ofReplication(
                                member.name(), member.tags().replicateFrom(), view, leader)
                        .name()
                        .equals(self);
    }

    /// The leader says how far its slots are; of a member that streams from elsewhere its own word
    /// counts too.
    private static @Nullable Lsn position(ClusterView view, Member member, String slot) {
        Lsn told = view.status().slots().get(slot);
        Lsn own = member.tags().replicateFrom() == null ? null : member.walLocation();
        return told == null ? own : own == null ? told : Lsn.max(told, own);
    }

    private static void retained(SlotFacts facts, SortedMap<String, Wanted> wanted) {
        Iterable<String> kept =
                facts.leads()
                        ? facts.memory().claimedAt().keySet()
                        : facts.view().status().retainSlots();
        for (String slot : kept) {
            wanted.putIfAbsent(slot, new Wanted(Kind.RETAINED, null, null));
        }
    }

    private static void permanent(SlotFacts facts, SortedMap<String, Wanted> wanted) {
        ClusterKind other =
                facts.config().standbyCluster() ? ClusterKind.PRIMARY : ClusterKind.STANDBY;
        for (var entry : facts.config().slots().permanent().entrySet()) {
            Permanent slot = entry.getValue();
            String name = entry.getKey();
            Wanted member = wanted.get(name);
            boolean ofMember = member != null && member.kind() != Kind.RETAINED;
            boolean wantedHere =
                    slot.logical() == null
                            || facts.leads()
                            || SlotCopying.hasCopies(
                                    facts.self(), facts.tags(), facts.view(), facts.config());
            if (slot.kind() != other && !ofMember && wantedHere) {
                wanted.put(
                        name,
                        new Wanted(
                                facts.leads() ? Kind.OF_USER : Kind.IN_RESERVE,
                                slot.logical(),
                                facts.view().status().slots().get(name)));
            }
        }
    }
}
