package io.tamada.chaos.simulation;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StandbyNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Whom the commits of one instance wait for, by what PostgreSQL would do.
///
/// A commit is in the WAL and flushed before it waits, and nobody sees it. When the server ends,
/// those that waited are visible to whoever connects to it next: what clients have seen counts as
/// acknowledged. A reload reaches the processes one by one; for a moment some act by the old
/// names. That commits wait at all, the checkpointer alone makes known, and not before the
/// checkpoint ends at which it is.
final class SimSynchronous {

    private static final long RELOAD_NANOS = 60_000_000;
    private static final long STRAGGLING_NANOS = 100_000_000;

    private record Waiting(long endLsn, Runnable acknowledged) {}

    private final SimInstance instance;
    private final World world;
    private final SplittableRandom random;

    private StandbyNames written = StandbyNames.NONE;
    private ClientGate writtenGate = ClientGate.OPEN;
    private StandbyNames inForce = StandbyNames.NONE;
    private ClientGate gate = ClientGate.OPEN;
    private StandbyNames former = StandbyNames.NONE;
    private long formerUntilNanos;
    private boolean waitingUnheard;
    private StandbyNames alone = StandbyNames.NONE;
    private List<Waiting> waiting = new ArrayList<>();
    private final List<Waiting> recovered = new ArrayList<>();

    SimSynchronous(SimInstance instance, World world, SplittableRandom random) {
        this.instance = instance;
        this.world = world;
        this.random = random;
    }

    ClientGate gate() {
        return gate;
    }

    ServerStatus.Synchronous status() {
        return new ServerStatus.Synchronous(inForce.text(), gate, !instance.isCheckpointing());
    }

    int priorityOf(SimInstance standby) {
        return isNamed(inForce, standby) ? 1 : 0;
    }

    void configure(ClusterConfig config) {
        alone = config.synchronous().strict() ? StandbyNames.BLOCKED : StandbyNames.NONE;
    }

    /// Writes the file and, on a server that runs, reloads.
    void set(StandbyNames names, ClientGate wanted) {
        written = names;
        writtenGate = wanted;
        long life = instance.life();
        instance.machine().after(random.nextLong(RELOAD_NANOS), () -> reload(life));
    }

    private void reload(long life) {
        if (life != instance.life() || !instance.isAnswering()) {
            return;
        }
        if (!inForce.equals(written)) {
            former = inForce;
            formerUntilNanos = world.nowNanos() + random.nextLong(STRAGGLING_NANOS);
            waitingUnheard =
                    (waitingUnheard || former.waitForNobody()) && instance.isCheckpointing();
            inForce = written;
        }
        boolean opens = gate == ClientGate.SHUT && writtenGate == ClientGate.OPEN;
        gate = writtenGate;
        release();
        if (opens) {
            admit();
            instance.gateOpened();
        }
    }

    void startedAsStandby() {
        written = alone;
        writtenGate = ClientGate.OPEN;
        recovered.clear();
        take();
    }

    void startedAsPrimary() {
        take();
        admit();
    }

    private void take() {
        inForce = written;
        former = written;
        gate = writtenGate;
        waitingUnheard = false;
    }

    /// The checkpointer reads the configuration.
    void checkpointEnded() {
        waitingUnheard = false;
    }

    private void admit() {
        if (gate == ClientGate.OPEN && instance.acceptsWrites()) {
            for (Waiting seen : recovered) {
                seen.acknowledged.run();
            }
            recovered.clear();
        }
    }

    void commit(long endLsn, Runnable acknowledged) {
        waiting.add(new Waiting(endLsn, acknowledged));
        release();
    }

    /// The server has ended.
    void ended() {
        recovered.addAll(waiting);
        waiting = new ArrayList<>();
    }

    /// A standby has told that it has flushed more.
    void release() {
        if (waiting.isEmpty() || !instance.acceptsWrites()) {
            return;
        }
        List<Waiting> left = new ArrayList<>();
        List<Waiting> done = new ArrayList<>();
        boolean straggling = world.nowNanos() < formerUntilNanos;
        for (Waiting commit : waiting) {
            boolean enough =
                    isEnough(inForce, commit.endLsn)
                            || (straggling && isEnough(former, commit.endLsn));
            (enough ? done : left).add(commit);
        }
        waiting = left;
        for (Waiting commit : done) {
            commit.acknowledged.run();
        }
    }

    private boolean isEnough(StandbyNames names, long endLsn) {
        if (names.waitForNobody() || waitingUnheard) {
            return true;
        }
        int confirmed = 0;
        for (SimInstance standby : instance.followers()) {
            boolean has = standby.branch() == instance.branch() && standby.flushedLsn() >= endLsn;
            confirmed += has && isNamed(names, standby) ? 1 : 0;
        }
        return confirmed >= names.count();
    }

    /// Whether commits wait for this standby by name.
    boolean waitsFor(SimInstance standby) {
        return isNamed(inForce, standby) && !inForce.includeAnybody();
    }

    private static boolean isNamed(StandbyNames names, SimInstance standby) {
        return names.includeAnybody()
                || names.names().contains(standby.name.value().toLowerCase(Locale.ROOT));
    }
}
