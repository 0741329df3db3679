package io.tamada.chaos.simulation;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// Where primaries put their WAL and standbys fetch it from (`archive_command` and
/// `restore_command`): some time behind, not to be reached now and then, or not there at all.
///
/// A standby that is not sent WAL restores what the archive has of the newest timeline that leads
/// on from its own, as PostgreSQL does. That may be WAL of a primary that has been overtaken.
final class Archive {

    enum Kind {
        NONE(Duration.ZERO),
        NEAR(Duration.ofSeconds(5)),
        LAGGING(Duration.ofSeconds(60));

        private final Duration period;

        Kind(Duration period) {
            this.period = period;
        }
    }

    private final World world;
    private final Kind kind;
    private final Map<Branch, Long> kept = new LinkedHashMap<>();

    /// What each line had when it was last looked at: it is in the archive by the next look.
    private Map<Branch, Long> underWay = new LinkedHashMap<>();

    private boolean broken;

    Archive(World world, Kind kind) {
        this.world = world;
        this.kind = kind;
    }

    void begin() {
        if (exists()) {
            world.scheduler().after(kind.period.toNanos(), this::look);
        }
    }

    boolean exists() {
        return kind != Kind.NONE;
    }

    /// Nothing comes in, and nothing goes out.
    void breakDown(boolean now) {
        broken = now;
    }

    private void look() {
        if (!broken) {
            kept.putAll(underWay);
            underWay = new LinkedHashMap<>();
            for (SimInstance instance : world.instances()) {
                if (instance.acceptsWrites()) {
                    underWay.put(instance.branch(), instance.flushedLsn());
                }
            }
        }
        world.scheduler().after(kind.period.toNanos(), this::look);
    }

    /// Gives a standby what there is for it.
    void restore(SimInstance standby) {
        if (broken) {
            return;
        }
        Branch best = null;
        for (Branch line : kept.keySet()) {
            if (line.includes(standby.branch(), standby.flushedLsn())
                    && (best == null || line.number > best.number)) {
                best = line;
            }
        }
        Long reached = best == null ? null : kept.get(best);
        if (best != null && reached != null && reached > standby.flushedLsn()) {
            world.report().restored++;
            standby.takeArchived(best, reached);
        }
    }
}
