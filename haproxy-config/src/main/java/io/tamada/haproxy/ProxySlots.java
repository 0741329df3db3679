package io.tamada.haproxy;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which member is in which numbered slot. HAProxy's servers are named by slot (`member1`),
/// because the name of a server cannot change while it runs, whereas who it is can.
///
/// @param capacity slots there are, numbered from 1
/// @param taken the members by slot number
public record ProxySlots(int capacity, SortedMap<Integer, ProxyMember> taken) {

    static final String SERVER_PREFIX = "member";

    public ProxySlots {
        taken = Collections.unmodifiableSortedMap(new TreeMap<>(taken));
        if (!taken.isEmpty() && (taken.firstKey() < 1 || taken.lastKey() > capacity)) {
            throw new IllegalArgumentException("a slot is not between 1 and " + capacity);
        }
        requireDistinct(List.copyOf(taken.values()));
    }

    /// The members in the order given, from slot 1; at least `capacity` slots.
    public static ProxySlots of(List<ProxyMember> members, int capacity) {
        return new ProxySlots(capacity, new TreeMap<>()).with(members);
    }

    /// The slots for a new list of members: who stays keeps the slot, also when it has moved to
    /// another address; who is new takes the first free one. Grows where that is not enough.
    public ProxySlots with(List<ProxyMember> members) {
        requireDistinct(members);
        var next = new TreeMap<Integer, ProxyMember>();
        for (ProxyMember member : members) {
            Integer slot = slotOf(member.name());
            if (slot != null) {
                next.put(slot, member);
            }
        }
        for (ProxyMember member : members) {
            if (slotOf(member.name()) == null) {
                next.put(firstFree(next), member);
            }
        }
        int needed = next.isEmpty() ? 0 : next.lastKey();
        return new ProxySlots(Math.max(capacity, needed), next);
    }

    /// The slot of the member of this name, or null.
    public @Nullable Integer slotOf(String name) {
        for (var entry : taken.entrySet()) {
            if (entry.getValue().name().equals(name)) {
                return entry.getKey();
            }
        }
        return null;
    }

    static String serverName(int slot) {
        return SERVER_PREFIX + slot;
    }

    private static int firstFree(SortedMap<Integer, ProxyMember> taken) {
        int slot = 1;
        while (taken.containsKey(slot)) {
            slot++;
        }
        return slot;
    }

    private static void requireDistinct(List<ProxyMember> members) {
        Set<String> seen = new HashSet<>();
        for (ProxyMember member : members) {
            if (!seen.add(member.name())) {
                throw new IllegalArgumentException("two members are named " + member.name());
            }
        }
    }
}
