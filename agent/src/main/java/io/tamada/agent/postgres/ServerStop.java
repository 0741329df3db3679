package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import io.tamada.core.postgres.StopMode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops the server. A fast stop takes as long as its checkpoint and its standbys need; it can be
/// made immediate while it runs.
final class ServerStop {

    /// After SIGQUIT the server has this long; then SIGKILL ends every process of it.
    static final Duration QUIT_PATIENCE = Duration.ofSeconds(2);

    /// A stop that has not begun its checkpoint after 15 s is made immediate, whatever it waits
    // for.
    static final Duration BEFORE_STOP_LIMIT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(ServerStop.class);

    private static final Duration ROUND = Duration.ofMillis(20);
    private static final long PROGRESS_NANOS = Duration.ofSeconds(1).toNanos();

    private final Instance instance;

    /// May be made harder by another thread.
    private final AtomicReference<StopMode> mode;

    ServerStop(Instance instance, AtomicReference<StopMode> mode) {
        this.instance = instance;
        this.mode = mode;
    }

    Outcome run(OngoingOperation operation) throws InterruptedException {
        if (instance.monitor().postmaster() != null && mode.get() == StopMode.FAST) {
            beforeStop(operation);
        }
        boolean ran = instance.monitor().postmaster() != null;
        Outcome outcome = stop(operation);
        if (ran && outcome instanceof Outcome.Done) {
            instance.callbacks().stopped();
        }
        return outcome;
    }

    /// The user's last word before a server goes down in order. Who must go down at once does not
    /// wait for it, and whatever it says the server stops.
    private void beforeStop(OngoingOperation operation) throws InterruptedException {
        String command = instance.scripts().get().beforeStop();
        if (command == null || command.isBlank()) {
            return;
        }
        operation.progress("running before_stop");
        try {
            ScriptRun script =
                    ScriptRun.start(
                            "before_stop",
                            CommandLine.split(command),
                            CleanEnvironment.forServer());
            if (!script.endsWithin(BEFORE_STOP_LIMIT, () -> mode.get() != StopMode.FAST)) {
                LOG.warn("before_stop has not ended in time, it is ended");
                return;
            }
            if (script.exitCode() != 0) {
                LOG.warn("before_stop has ended with exit code {}", script.exitCode());
            }
        } catch (IOException failure) {
            LOG.warn("before_stop cannot be called: {}", failure.getMessage());
        }
    }

    private Outcome stop(OngoingOperation operation) throws InterruptedException {
        Postmaster postmaster = instance.monitor().postmaster();
        if (postmaster == null) {
            postmaster = instance.monitor().findPostmaster();
        }
        if (postmaster == null) {
            operation.progress("ending processes without a postmaster");
            return instance.processes().killAll()
                    ? Outcome.DONE
                    : new Outcome.Failed("some processes do not die: is a disk hung?");
        }
        instance.monitor().stopping();
        StopMode asked = mode.get();
        postmaster.signal(signal(asked));
        long askedNanos = System.nanoTime();
        long toldNanos = askedNanos - PROGRESS_NANOS;
        while (!postmaster.awaitGone(ROUND)) {
            long now = System.nanoTime();
            if (asked != mode.get()) {
                asked = mode.get();
                askedNanos = now;
                postmaster.signal(signal(asked));
            }
            if (asked == StopMode.IMMEDIATE && now - askedNanos > QUIT_PATIENCE.toNanos()) {
                operation.progress("killing every process");
                if (!instance.processes().killAll()) {
                    return new Outcome.Failed("some processes do not die: is a disk hung?");
                }
            }
            if (now - toldNanos >= PROGRESS_NANOS) {
                toldNanos = now;
                operation.progress(
                        asked + " stop, " + instance.processes().find().size() + " processes left");
            }
        }
        return Outcome.DONE;
    }

    private static int signal(StopMode mode) {
        return switch (mode) {
            case FAST -> PosixKill.SIGINT;
            case IMMEDIATE -> PosixKill.SIGQUIT;
        };
    }
}
