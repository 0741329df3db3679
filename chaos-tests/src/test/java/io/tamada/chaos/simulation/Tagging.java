package io.tamada.chaos.simulation;

import io.tamada.core.member.MemberTags;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Which members have tags at the beginning.
enum Tagging {
    NONE,

    /// The last member streams from the second.
    CASCADE,

    /// New copies are taken from the second, while it is a standby.
    CLONE_SOURCE,

    /// Every member has some of its own; the first may lead, so that there is a cluster at all.
    MIXED;

    private static final int PRIORITIES = 4;

    /// @param seed of the tags that are drawn.
    MemberTags of(int node, int nodes, long seed) {
        TreeMap<String, Object> tags = new TreeMap<>();
        if (this == CASCADE && nodes > 2 && node == nodes - 1) {
            tags.put("replicatefrom", "n2");
        }
        if (this == CLONE_SOURCE && node == 1) {
            tags.put("clonefrom", true);
        }
        if (this == MIXED) {
            MemberTags drawn = draw(new SplittableRandom(seed + node), nodes);
            return node == 0 ? harmless(drawn) : drawn;
        }
        return new MemberTags(tags);
    }

    /// Any tags, sensible or not: members may be told to replicate from themselves, or from each
    /// other.
    static MemberTags draw(SplittableRandom random, int nodes) {
        TreeMap<String, Object> tags = new TreeMap<>();
        for (int i = 0; i < 2; i++) {
            switch (random.nextInt(10)) {
                case 0 -> tags.put("nofailover", true);
                case 1 -> tags.put("nofailover", random.nextBoolean() ? "yes" : "false");
                case 2 -> tags.put("failover_priority", (long) random.nextInt(PRIORITIES));
                case 3 -> tags.put("nosync", true);
                case 4 -> tags.put("sync_priority", (long) random.nextInt(PRIORITIES));
                case 5 -> tags.put("nostream", true);
                case 6 -> tags.put("replicatefrom", "n" + (1 + random.nextInt(nodes)));
                case 7 -> tags.put("clonefrom", true);
                default -> {
                    // None.
                }
            }
        }
        return new MemberTags(tags);
    }

    /// The same without what can keep a cluster from becoming whole: its only good copy may be the
    /// one that never leads, or is never sent anything.
    static MemberTags harmless(MemberTags drawn) {
        TreeMap<String, Object> tags = new TreeMap<>(drawn.all());
        tags.remove("nofailover");
        tags.remove("failover_priority");
        tags.remove("nostream");
        return new MemberTags(tags);
    }
}
