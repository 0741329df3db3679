package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import io.tamada.core.postgres.StopMode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/// Stops the server. A fast stop takes as long as its checkpoint and its standbys need; it can be
/// made immediate while it runs.
final class ServerStop {

    /// After SIGQUIT the server has this long; then SIGKILL ends every process of it.
    static final Duration QUIT_PATIENCE = Duration.ofSeconds(2);

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
