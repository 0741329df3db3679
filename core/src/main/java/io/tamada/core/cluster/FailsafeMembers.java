package io.tamada.core.cluster;

import io.tamada.core.member.MemberName;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// The `failsafe` key: whose consent keeps a leader that has lost the store, and with it who may
/// become leader at all while failsafe mode is on.
///
/// @param urls API URL by member name; empty when the key is absent.
/// @param revision the key's modification revision, zero when it is absent.
public record FailsafeMembers(SortedMap<String, String> urls, long revision) {

    public static final FailsafeMembers NONE = new FailsafeMembers(new TreeMap<>(), 0);

    public FailsafeMembers {
        urls = Collections.unmodifiableSortedMap(new TreeMap<>(urls));
    }

    public boolean isEmpty() {
        return urls.isEmpty();
    }

    public boolean names(MemberName member) {
        return urls.containsKey(member.value());
    }
}
