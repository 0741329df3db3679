package io.tamada.agent.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.cluster.PauseNote;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.loop.SnapshotBoard;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.ControlStore;
import io.tamada.rest.control.Body;
import io.tamada.rest.control.ConfigPatch;
import io.tamada.rest.control.PausePatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends a pause when the time has come that `tamada.pause_until` names, by the wall clock.
///
/// The leader does it. Where none of ours leads, each member does it a minute later: a clock that
/// is a little ahead must not end an operator's work early, and a cluster without leader, or with
/// a Patroni as its leader, must not stay paused for ever. The write is bound to the revision that
/// was read, so it happens once.
public final class PauseEnd implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PauseEnd.class);

    static final Duration LEFT_TO_THE_LEADER = Duration.ofMinutes(1);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration STORE_WITHIN = Duration.ofSeconds(5);

    enum Step {
        NOTHING,
        /// The pause is over.
        END,
        /// The pause has been ended by somebody who does not know what was left word of.
        TIDY
    }

    private final SnapshotBoard snapshots;
    private final ControlStore store;
    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(
                    1, task -> Thread.ofPlatform().daemon().name("pause-end").unstarted(task));
    private @Nullable String lastFailure;

    public PauseEnd(SnapshotBoard snapshots, ControlStore store, InstantSource clock) {
        this.snapshots = snapshots;
        this.store = store;
        this.clock = clock;
    }

    public PauseEnd start() {
        var _ =
                timer.scheduleWithFixedDelay(
                        this::look,
                        BETWEEN_LOOKS.toMillis(),
                        BETWEEN_LOOKS.toMillis(),
                        TimeUnit.MILLISECONDS);
        return this;
    }

    static Step due(ClusterConfig config, boolean leads, Instant now) {
        PauseNote note = config.pauseNote();
        if (!config.pause()) {
            return leads && !note.equals(PauseNote.NONE) ? Step.TIDY : Step.NOTHING;
        }
        if (note.until() == null) {
            return Step.NOTHING;
        }
        Instant end = OffsetDateTime.parse(note.until()).toInstant();
        return now.isBefore(leads ? end : end.plus(LEFT_TO_THE_LEADER)) ? Step.NOTHING : Step.END;
    }

    private void look() {
        try {
            lookOnce();
        } catch (RuntimeException bug) {
            // A timer forgets a task that throws.
            LOG.error("the end of a pause could not be looked after", bug);
        } catch (Error fatal) {
            // The timer would keep it to itself.
            throw SuddenEnd.now(fatal);
        }
    }

    private void lookOnce() {
        Snapshot snapshot = snapshots.latest();
        if (snapshot != null) {
            look(snapshot.config(), snapshot.lease() instanceof LeaderLease.Held);
        }
    }

    /// @param known the configuration as the loop has seen it last.
    void look(ClusterConfig known, boolean leads) {
        if (due(known, leads, clock.instant()) == Step.NOTHING) {
            return;
        }
        if (!(store.read(STORE_WITHIN) instanceof ControlStore.Sight.Seen(var view, var stored))) {
            failed("the store does not answer");
            return;
        }
        ClusterConfig config = view.config();
        ObjectNode json = stored == null ? null : Body.parse(stored.json());
        if (config == null || stored == null || json == null) {
            return;
        }
        Step step = due(config, leads, clock.instant());
        if (step == Step.NOTHING) {
            return;
        }
        ObjectNode after = json.deepCopy();
        ConfigPatch.apply(after, PausePatch.end(json));
        if (after.equals(json)) {
            return;
        }
        Author author =
                new Author(
                        step == Step.END ? "the end of the pause" : "what was left of a pause",
                        "by itself",
                        clock.instant().toEpochMilli());
        switch (store.replaceConfig(Body.write(after), stored.revision(), author, STORE_WITHIN)) {
            case WriteOutcome.Done() -> {
                lastFailure = null;
                if (step == Step.END) {
                    LOG.info("the pause is over ({})", config.pauseNote().text());
                }
            }
            case WriteOutcome.Refused _ -> {
                // Somebody has changed the configuration meanwhile: the next look tells.
            }
            case WriteOutcome.Unknown(String reason) -> failed(reason);
        }
    }

    private void failed(String reason) {
        if (!reason.equals(lastFailure)) {
            LOG.warn("the time of the pause is over, but it cannot be ended yet: {}", reason);
        }
        lastFailure = reason;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
