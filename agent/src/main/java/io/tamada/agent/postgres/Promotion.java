package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Promotes a running standby, as `pg_ctl promote` does: a file and a signal, so that no
/// connection is needed in the moment that counts.
final class Promotion {

    /// What remains to be replayed has been received already; this is for a slow disk.
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long WAIT_ROUND_MILLIS = 5;

    /// Nobody leads while the script runs.
    private static final Duration VETO_LIMIT = Duration.ofMinutes(10);

    private final Instance instance;
    private final Timeline timeline;

    /// Waits for what was asked for before: what must not be there on a primary.
    private final Settling settling;

    /// Called when the server is a primary: its first checkpoint lets others rewind from it.
    private final Runnable checkpoint;

    /// What binds one promotion to the others and to the lease.
    ///
    /// @param covered whether the lease lasts at this moment.
    /// @param asked the run of the server that has been asked already: it may follow that at any
    ///     time, so nothing is gained by forbidding it.
    record Bounds(BooleanSupplier covered, AtomicReference<@Nullable Postmaster> asked) {}

    private final Bounds bounds;

    interface Settling {
        void settle() throws InterruptedException;
    }

    Promotion(
            Instance instance,
            Timeline timeline,
            Bounds bounds,
            Settling settling,
            Runnable checkpoint) {
        this.instance = instance;
        this.timeline = timeline;
        this.bounds = bounds;
        this.settling = settling;
        this.checkpoint = checkpoint;
    }

    Outcome run(OngoingOperation operation) throws IOException, InterruptedException {
        ServerMonitor monitor = instance.monitor();
        Postmaster postmaster = monitor.postmaster();
        if (postmaster == null) {
            return new Outcome.Failed("the server is not running");
        }
        ServerStatus before = monitor.status();
        if (before == null) {
            return new Outcome.Failed("the server does not answer");
        }
        if (!before.inRecovery()) {
            return Outcome.DONE;
        }
        boolean again = bounds.asked().get() == postmaster;
        String veto = again ? null : veto(operation);
        if (operation.isCancelled()) {
            return Outcome.CANCELLED;
        }
        if (veto != null) {
            return new Outcome.Vetoed(veto);
        }
        settling.settle();
        SkippedTimelines.skip(instance.settings().dataDirectory(), before.timeline(), timeline);
        instance.state().noFollower();
        if (operation.isCancelled()) {
            return Outcome.CANCELLED;
        }
        if (!bounds.covered().getAsBoolean()) {
            // The script, or a machine that stood still, has taken longer than the lease lasts. A
            // server that was asked before may still follow that, which a veto would hide.
            String late = "the lease has run out before the server was asked";
            return again ? new Outcome.Failed(late) : new Outcome.Vetoed(late);
        }
        bounds.asked().set(postmaster);
        DurableFiles.replace(instance.settings().dataDirectory().resolve("promote"), "");
        postmaster.signal(PosixKill.SIGUSR1);
        operation.progress("asked to leave recovery");
        monitor.hurry();
        try {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() - end < 0) {
                ServerStatus status = monitor.status();
                if (status != null && !status.inRecovery()) {
                    instance.configuration().follow(null);
                    Membership.remember(instance);
                    checkpoint.run();
                    return Outcome.DONE;
                }
                if (monitor.postmaster() != postmaster) {
                    return new Outcome.Failed("the server has exited while it was promoted");
                }
                if (operation.isCancelled()) {
                    return Outcome.CANCELLED;
                }
                TimeUnit.MILLISECONDS.sleep(WAIT_ROUND_MILLIS);
            }
        } finally {
            monitor.relax();
        }
        return new Outcome.Failed(
                "the server has not left recovery within " + PATIENCE.toSeconds() + " s");
    }

    /// Runs the user's script while the lease is renewed and nobody leads.
    ///
    /// @return why the server is not to be promoted; null when nothing speaks against it.
    private @Nullable String veto(OngoingOperation operation) throws InterruptedException {
        String command = instance.scripts().get().prePromote();
        if (command == null || command.isBlank()) {
            return null;
        }
        operation.progress("running pre_promote");
        try {
            ScriptRun script =
                    ScriptRun.start(
                            "pre_promote",
                            CommandLine.split(command),
                            CleanEnvironment.forServer());
            if (!script.endsWithin(VETO_LIMIT, operation::isCancelled)) {
                return "pre_promote has not ended in time";
            }
            return script.exitCode() == 0
                    ? null
                    : "pre_promote has ended with exit code " + script.exitCode();
        } catch (IOException failure) {
            return "pre_promote cannot be run: " + failure.getMessage();
        }
    }
}
