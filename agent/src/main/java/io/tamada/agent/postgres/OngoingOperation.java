package io.tamada.agent.postgres;

import io.tamada.core.postgres.Operation;
import io.tamada.core.time.Monotonic;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The operation that runs: its progress, and the way to cancel it.
final class OngoingOperation {

    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(500);

    private final Odometer odometer;
    private final Operation.Kind kind;
    private final Monotonic since;
    private volatile String progress = "";
    private volatile boolean cancelled;
    private @Nullable Tool tool;

    OngoingOperation(Operation.Kind kind, Monotonic since, Odometer odometer) {
        this.odometer = odometer;
        this.kind = kind;
        this.since = since;
    }

    Operation.Kind kind() {
        return kind;
    }

    Operation.Running view() {
        return new Operation.Running(kind, since, progress);
    }

    void progress(String text) {
        progress = text;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /// Ends the tool that runs for it; the operation sees that it was cancelled.
    synchronized void cancel() {
        cancelled = true;
        if (tool != null) {
            tool.kill();
        }
    }

    private synchronized void running(Tool started) {
        tool = started;
        if (cancelled) {
            started.kill();
        }
    }

    /// Waits for a tool, shows what it prints, and kills it when the limit has passed.
    Tool.Result finish(Tool started, Duration limit) throws IOException, InterruptedException {
        running(started);
        long end = System.nanoTime() + limit.toNanos();
        while (!started.await(PROGRESS_INTERVAL)) {
            progress(started.progress());
            odometer.ofTool(started.pid(), started.printedBytes());
            if (System.nanoTime() - end > 0) {
                started.kill();
            }
        }
        return started.result();
    }
}
