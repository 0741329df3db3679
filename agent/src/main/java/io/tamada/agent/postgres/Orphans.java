package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends what a postmaster has left behind. Most backends see its death and leave by themselves; a
/// busy one does not, still acknowledges writes, and holds the shared memory that a new
/// postmaster needs.
final class Orphans {

    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    private static final Duration PATIENCE = Duration.ofMillis(100);
    private static final Duration ROUND = Duration.ofMillis(5);

    private Orphans() {}

    /// Returns when none is left. Only those that are there now: another postmaster may be
    /// started by somebody else in the meantime.
    static void end(InstanceProcesses processes, BooleanSupplier givenUp) {
        List<Long> orphans = processes.find();
        long patientUntil = System.nanoTime() + PATIENCE.toNanos();
        boolean told = false;
        while (!orphans.isEmpty() && !givenUp.getAsBoolean()) {
            if (System.nanoTime() - patientUntil > 0) {
                if (!told) {
                    LOG.warn("Killing {} processes that outlived their postmaster", orphans.size());
                    told = true;
                }
                for (long pid : orphans) {
                    if (processes.belongs(pid)) {
                        PosixKill.Sent _ = PosixKill.signal(pid, PosixKill.SIGKILL);
                    }
                }
            }
            try {
                TimeUnit.NANOSECONDS.sleep(ROUND.toNanos());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
            orphans = InstanceProcesses.alive(orphans);
        }
    }
}
