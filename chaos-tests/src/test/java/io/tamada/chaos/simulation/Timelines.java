package io.tamada.chaos.simulation;

import java.util.ArrayList;
import java.util.List;

/// Every branch that was ever begun: a number must mean one branch.
///
/// The loop cannot promise this yet: a primary that ends before it has written its history
/// leaves no trace of the number it has taken, and with `check_timeline` off even a trace does
/// not help. From there on PostgreSQL itself cannot tell the two apart, and neither can a run be
/// judged; so, unless it is strict, it ends here and is counted.
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
                world.report().timelineTwins++;
                String what = "timeline " + branch + " begins, but there is " + other + " already";
                if (world.strictness() == Strictness.TIMELINES_ARE_UNIQUE) {
                    world.violation(Violation.Kind.TIMELINE_TWICE, what);
                } else {
                    world.cutShort(what);
                }
                break;
            }
        }
        all.add(branch);
    }
}
