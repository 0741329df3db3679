package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    /// started by somebody else in the meantime. And never what has a living postmaster, even if
    /// the caller took that for dead.
    static void end(InstanceProcesses processes, BooleanSupplier givenUp) {
        List<Long> left = found(processes, givenUp);
        long patientUntil = System.nanoTime() + PATIENCE.toNanos();
        boolean told = false;
        while (!givenUp.getAsBoolean()) {
            List<Long> orphans;
            try {
                orphans = withoutPostmaster(InstanceProcesses.alive(left));
                left = orphans;
            } catch (UncheckedIOException unknown) {
                // Nobody is killed for what cannot be told.
                orphans = List.of();
            }
            if (left.isEmpty()) {
                return;
            }
            if (!orphans.isEmpty() && System.nanoTime() - patientUntil > 0) {
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
            if (!rested()) {
                return;
            }
        }
    }

    /// Tries until the process table can be read: a backend that was not seen still acknowledges
    /// writes.
    private static List<Long> found(InstanceProcesses processes, BooleanSupplier givenUp) {
        boolean told = false;
        while (!givenUp.getAsBoolean()) {
            try {
                return processes.find();
            } catch (IllegalStateException unreadable) {
                if (!told) {
                    LOG.error("Looking again for what a postmaster has left behind", unreadable);
                    told = true;
                }
            }
            if (!rested()) {
                break;
            }
        }
        return List.of();
    }

    /// False when the thread was interrupted.
    private static boolean rested() {
        try {
            TimeUnit.NANOSECONDS.sleep(ROUND.toNanos());
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Backends are children of their postmaster, and of somebody else once it has exited. For
    /// /proc alone: the disk with postmaster.pid may hang.
    ///
    /// @throws UncheckedIOException when that cannot be told now.
    private static List<Long> withoutPostmaster(List<Long> pids) {
        Map<Long, Long> parents = new LinkedHashMap<>();
        for (long pid : pids) {
            parents.put(pid, InstanceProcesses.parent(pid));
        }
        Set<Long> postmasters = new HashSet<>(parents.values());
        postmasters.retainAll(parents.keySet());
        List<Long> orphans = new ArrayList<>();
        parents.forEach(
                (pid, parent) -> {
                    if (!postmasters.contains(pid) && !postmasters.contains(parent)) {
                        orphans.add(pid);
                    }
                });
        return orphans;
    }
}
