package io.tamada.core.failsafe;

import io.tamada.core.member.MemberName;
import io.tamada.core.wal.Lsn;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a leader without a store says of itself when it asks for the others' consent.
///
/// @param slots positions of its replication slots by name.
public record FailsafeCall(
        MemberName leader, String connUrl, String apiUrl, SortedMap<String, Lsn> slots) {

    public FailsafeCall {
        slots = Collections.unmodifiableSortedMap(new TreeMap<>(slots));
    }
}
