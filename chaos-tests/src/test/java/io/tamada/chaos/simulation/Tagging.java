package io.tamada.chaos.simulation;

import io.tamada.core.member.MemberTags;
import java.util.TreeMap;

/// Which members have tags. Those that never lead are left out: a cluster whose only good copy
/// may not lead waits for ever, and rightly so.
enum Tagging {
    NONE,

    /// The last member streams from the second.
    CASCADE,

    /// New copies are taken from the second, while it is a standby.
    CLONE_SOURCE;

    MemberTags of(int node, int nodes) {
        TreeMap<String, Object> tags = new TreeMap<>();
        if (this == CASCADE && nodes > 2 && node == nodes - 1) {
            tags.put("replicatefrom", "n2");
        }
        if (this == CLONE_SOURCE && node == 1) {
            tags.put("clonefrom", true);
        }
        return new MemberTags(tags);
    }
}
