package io.tamada.rest.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one restart of this member's server that is to come, by the wall clock. It does not outlive
/// the agent, as in Patroni.
public final class RestartSchedule implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RestartSchedule.class);

    /// @param conditions as they were asked for.
    /// @param postmasterStart the run of the server that is meant; another one was restarted
    ///     already.
    record Entry(OffsetDateTime at, ObjectNode conditions, String postmasterStart) {}

    private final AtomicReference<@Nullable Entry> next = new AtomicReference<>();
    private final Runnable changed;
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(
                    1, task -> Thread.ofPlatform().daemon().name("tamada-restart").unstarted(task));

    /// @param changed called when there is something else to publish.
    public RestartSchedule(Runnable changed) {
        this.changed = changed;
    }

    /// @param due called when the time has come and nobody has taken the entry back.
    /// @return false when another restart is scheduled.
    boolean place(Entry entry, Runnable due) {
        if (!next.compareAndSet(null, entry)) {
            return false;
        }
        changed.run();
        arm(entry, due);
        return true;
    }

    private void arm(Entry entry, Runnable due) {
        long millis = Duration.between(Instant.now(), entry.at().toInstant()).toMillis();
        var _ = timer.schedule(() -> fire(entry, due), Math.max(0, millis), TimeUnit.MILLISECONDS);
    }

    private void fire(Entry entry, Runnable due) {
        if (!entry.equals(next.get())) {
            return;
        }
        if (Instant.now().isBefore(entry.at().toInstant())) {
            // The wall clock was set back.
            arm(entry, due);
        } else if (next.compareAndSet(entry, null)) {
            try {
                changed.run();
                due.run();
            } catch (RuntimeException bug) {
                // The timer would keep it to itself.
                LOG.error("the scheduled restart has failed", bug);
            }
        }
    }

    /// @return false when nothing is scheduled.
    boolean cancel() {
        boolean was = next.getAndSet(null) != null;
        changed.run();
        return was;
    }

    /// What is published of it, in Patroni's form; null when nothing is scheduled.
    public @Nullable String json() {
        Entry entry = next.get();
        if (entry == null) {
            return null;
        }
        ObjectNode json = entry.conditions().deepCopy();
        json.put("schedule", WrittenMoment.of(entry.at()));
        json.put("postmaster_start_time", entry.postmasterStart());
        return Body.write(json);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
