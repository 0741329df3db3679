package io.tamada.agent.postgres;

import io.tamada.core.port.PostgresControl.Begun;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.PostgresCommand;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one operation at a time, each on a thread of its own. A stop cancels whatever runs and
/// comes next.
final class OperationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(OperationRunner.class);

    /// What an operation does; it runs where it may block.
    interface Body {
        Outcome run(OngoingOperation operation) throws IOException, InterruptedException;
    }

    private record Order(PostgresCommand command, Kind kind, Body body) {}

    private final TimeSource time;
    private final Odometer odometer;
    private final Runnable ending;
    private final Runnable ended;

    private @Nullable Order running;
    private @Nullable OngoingOperation ongoing;
    private @Nullable Order stopNext;
    private int failures;
    private @Nullable Kind failedKind;
    private volatile Operation last = new Operation.None();
    private volatile @Nullable OngoingOperation visible;

    /// @param ending called before an end is published: facts must not be older than it.
    /// @param ended called after it.
    OperationRunner(TimeSource time, Odometer odometer, Runnable ending, Runnable ended) {
        this.odometer = odometer;
        this.time = time;
        this.ending = ending;
        this.ended = ended;
    }

    Operation observe() {
        OngoingOperation operation = visible;
        return operation == null ? last : operation.view();
    }

    /// The kind of the running operation, or null.
    @Nullable Kind runningKind() {
        OngoingOperation operation = visible;
        return operation == null ? null : operation.kind();
    }

    /// Whether a stop runs, or comes next.
    synchronized boolean isStopping() {
        return stopNext != null || (running != null && running.kind() == Kind.STOP);
    }

    synchronized Begun begin(PostgresCommand command, Kind kind, Body body) {
        Order order = new Order(command, kind, body);
        Order current = running;
        if (current == null) {
            launch(order);
            return new Begun.Accepted();
        }
        if (kind == Kind.STOP) {
            if (current.kind() != Kind.STOP) {
                stopNext = order;
                if (ongoing != null) {
                    ongoing.cancel();
                }
            }
            return new Begun.Accepted();
        }
        if (current.command().equals(command) && stopNext == null) {
            return new Begun.Accepted();
        }
        return new Begun.Refused(current.kind() + " is running");
    }

    private void launch(Order order) {
        OngoingOperation operation = new OngoingOperation(order.kind(), time.now(), odometer);
        running = order;
        ongoing = operation;
        visible = operation;
        Thread.ofPlatform()
                .name("postgres-" + order.kind().name().toLowerCase(java.util.Locale.ROOT))
                .daemon()
                .start(() -> run(order, operation));
    }

    private void run(Order order, OngoingOperation operation) {
        Outcome outcome;
        try {
            outcome = order.body().run(operation);
        } catch (IOException failure) {
            outcome = new Outcome.Failed(describe(failure));
        } catch (InterruptedException _) {
            outcome = Outcome.CANCELLED;
        } catch (RuntimeException bug) {
            LOG.error("{} has failed unexpectedly", word(order.kind()), bug);
            outcome = new Outcome.Failed(bug.toString());
        }
        if (operation.isCancelled()) {
            outcome = Outcome.CANCELLED;
        }
        try {
            ending.run();
        } catch (RuntimeException bug) {
            LOG.error("The end of {} could not be looked at", order.kind(), bug);
        } finally {
            end(order, outcome);
        }
    }

    private static String describe(IOException failure) {
        // The messages of file system exceptions are bare paths.
        return failure.getClass().getSimpleName() + ": " + failure.getMessage();
    }

    private void end(Order order, Outcome outcome) {
        synchronized (this) {
            last = verdict(order.kind(), outcome);
            Order next = stopNext;
            stopNext = null;
            running = null;
            ongoing = null;
            if (next != null) {
                launch(next);
            } else {
                visible = null;
            }
        }
        ended.run();
    }

    private Operation failed(Kind kind, String reason) {
        failures = kind == failedKind ? failures + 1 : 1;
        failedKind = kind;
        LOG.warn("{} has failed (attempt {}): {}", word(kind), failures, reason);
        return new Operation.Failed(kind, time.now(), reason, failures);
    }

    private Operation verdict(Kind kind, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done() -> {
                failures = 0;
                failedKind = null;
                LOG.info("{} has ended well", word(kind));
                yield new Operation.Succeeded(kind, time.now());
            }
            case Outcome.Failed(String reason) -> failed(kind, reason);
            case Outcome.Vetoed(String reason) -> failed(Kind.PRE_PROMOTE, reason);
            case Outcome.Cancelled() -> {
                LOG.info("{} was cancelled", word(kind));
                yield last;
            }
        };
    }

    /// As in the journal: `start as primary`.
    private static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
