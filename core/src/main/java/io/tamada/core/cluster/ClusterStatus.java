package io.tamada.core.cluster;

import io.tamada.core.wal.Lsn;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The `status` key: how far the leader had written when it last said so.
///
/// @param optime the leader's position; zero when nobody has said.
/// @param slots positions by slot name.
/// @param retainSlots slots of absent members that are still kept.
public record ClusterStatus(Lsn optime, SortedMap<String, Lsn> slots, List<String> retainSlots) {

    public static final ClusterStatus EMPTY =
            new ClusterStatus(Lsn.ZERO, new TreeMap<>(), List.of());

    public ClusterStatus {
        slots = Collections.unmodifiableSortedMap(new TreeMap<>(slots));
        retainSlots = List.copyOf(retainSlots);
    }
}
