package io.tamada.chaos.simulation;

import java.util.ArrayList;
import java.util.List;

/// Every branch that was ever begun: a number must mean one branch (I5). From two of one number
/// nothing in PostgreSQL could tell which is which.
final class Timelines {

    private final World world;
    private final List<Branch> all = new ArrayList<>();

    Timelines(World world) {
        this.world = world;
    }

    void created(Branch branch) {
        for (Branch other : all) {
            // Instances that were created apart belong to different systems.
            if (other.number == branch.number && other.root() == branch.root()) {
                world.violation(
                        Violation.Kind.TIMELINE_TWICE,
                        "timeline " + branch + " begins, but there is " + other + " already");
                break;
            }
        }
        all.add(branch);
    }
}
