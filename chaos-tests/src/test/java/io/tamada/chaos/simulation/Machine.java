package io.tamada.chaos.simulation;

import java.util.ArrayList;
import java.util.List;

/// The host of one node: up, frozen, or down. What is timed on it waits while it is frozen and
/// is forgotten when it goes down.
final class Machine {

    private final Scheduler scheduler;
    private final Runnable changed;
    private final List<Runnable> overdue = new ArrayList<>();
    private final List<Runnable> thawListeners = new ArrayList<>();
    private boolean frozen;
    private boolean up = true;
    private long boots;
    private long thawedAtNanos = Long.MIN_VALUE;

    /// @param changed called whenever it freezes, thaws, goes down or comes up.
    Machine(Scheduler scheduler, Runnable changed) {
        this.scheduler = scheduler;
        this.changed = changed;
    }

    /// Does something later, unless the machine goes down before.
    void after(long delayNanos, Runnable action) {
        long boot = boots;
        scheduler.after(delayNanos, () -> runOrKeep(boot, action));
    }

    private void runOrKeep(long boot, Runnable action) {
        if (boot != boots) {
            return;
        }
        if (frozen) {
            overdue.add(action);
        } else {
            action.run();
        }
    }

    void onThaw(Runnable listener) {
        thawListeners.add(listener);
    }

    void freeze() {
        frozen = true;
        changed.run();
    }

    void thaw() {
        if (!frozen) {
            return;
        }
        frozen = false;
        thawedAtNanos = scheduler.nowNanos();
        List<Runnable> late = new ArrayList<>(overdue);
        overdue.clear();
        for (Runnable action : late) {
            after(0, action);
        }
        for (Runnable listener : List.copyOf(thawListeners)) {
            listener.run();
        }
        changed.run();
    }

    /// The power goes.
    void crash() {
        up = false;
        frozen = false;
        boots++;
        overdue.clear();
        thawListeners.clear();
        changed.run();
    }

    void boot() {
        up = true;
        changed.run();
    }

    boolean isUp() {
        return up;
    }

    boolean isFrozen() {
        return frozen;
    }

    long thawedAtNanos() {
        return thawedAtNanos;
    }
}
