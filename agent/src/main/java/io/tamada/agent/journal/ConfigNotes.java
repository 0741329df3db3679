package io.tamada.agent.journal;

import io.tamada.core.lease.LeaderLease;
import io.tamada.core.loop.Snapshot;
import io.tamada.dcs.PatroniControlStore;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The leader's eye on the dynamic configuration: a change that was made past this tool goes into
/// the history of changes too. What is made by the tool is there already, in the same step.
///
/// A thread of its own writes, by a connection beside the loop's, and never holds the loop.
public final class ConfigNotes implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int MOST_ATTEMPTS = 10;

    /// The history in the store.
    interface Store {
        /// @return whether it is up to date now; if not, it is to be tried again.
        boolean note(Instant at, Duration timeout);
    }

    private final Store store;
    private final Object lock = new Object();
    private final Thread thread =
            Thread.ofPlatform().name("config-notes").daemon().unstarted(this::work);

    /// What the configuration was when it was last looked at while this member led; null when it
    /// did not lead since. Touched by the loop's thread only.
    private @Nullable String looked;

    private @Nullable Instant changedAt;
    private boolean closing;

    public ConfigNotes(PatroniControlStore control) {
        this((at, timeout) -> control.noteConfig(at, timeout) != null);
    }

    ConfigNotes(Store store) {
        this.store = store;
    }

    public ConfigNotes start() {
        thread.start();
        return this;
    }

    /// Called by the loop's thread, after each turn.
    public void observed(Snapshot snapshot, Instant at) {
        boolean leads = snapshot.lease() instanceof LeaderLease.Held;
        if (!leads || snapshot.view() == null || snapshot.view().config() == null) {
            looked = leads ? looked : null;
            return;
        }
        String now = snapshot.view().config().json();
        if (!now.equals(looked)) {
            looked = now;
            synchronized (lock) {
                changedAt = at;
                lock.notifyAll();
            }
        }
    }

    private void work() {
        try {
            Instant at = next();
            while (at != null) {
                boolean open = true;
                for (int i = 0; open && i < MOST_ATTEMPTS && !store.note(at, PATIENCE); i++) {
                    open = pause();
                }
                at = next();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// When the configuration was seen to be another one; null when there is nothing more to do.
    private @Nullable Instant next() throws InterruptedException {
        synchronized (lock) {
            while (changedAt == null && !closing) {
                lock.wait();
            }
            Instant at = closing ? null : changedAt;
            changedAt = null;
            return at;
        }
    }

    /// @return whether to go on.
    private boolean pause() throws InterruptedException {
        long end = System.nanoTime() + PAUSE.toNanos();
        synchronized (lock) {
            long left = PAUSE.toMillis();
            while (left > 0 && !closing) {
                lock.wait(left);
                left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            }
            return !closing;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
    }
}
