package io.tamada.chaos.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Planned changes of the leader: what the old one has acknowledged is what the new one has,
/// whatever the mode, if it was streaming when the old one stopped (I3).
final class Switchovers {

    private final World world;
    private @Nullable Branch stopped;
    private List<SimInstance> streaming = List.of();

    Switchovers(World world) {
        this.world = world;
    }

    /// The leader's server is down on account of a request, and the key is being given away.
    void handsOver(Node node) {
        if (!node.instance().branch().equals(stopped)) {
            stopped = node.instance().branch();
            streaming = node.instance().followersAtStop();
            world.report().switchovers++;
        }
    }

    /// A server has become primary.
    ///
    /// @param lostBytes of WAL that had been acknowledged and is no part of its timeline.
    void began(SimInstance next, long lostBytes) {
        Branch before = next.branch().parent;
        if (before == null || !before.equals(stopped)) {
            return;
        }
        stopped = null;
        if (lostBytes > 0) {
            world.report().switchoversWithLoss++;
            if (streaming.contains(next)) {
                world.violation(
                        Violation.Kind.SWITCHOVER_LOSES,
                        next.name
                                + " streamed when the leader was stopped, takes over and lacks "
                                + lostBytes
                                + " bytes that were acknowledged");
            }
        }
    }
}
