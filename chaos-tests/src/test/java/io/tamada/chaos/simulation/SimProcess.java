package io.tamada.chaos.simulation;

/// A process that runs straight-line code on a machine: it lets time pass, waits and is woken,
/// and can be stopped between any two of its steps, for a while or for good.
///
/// Its end is SIGKILL: the code is left where it stands and nothing of it, not even a `finally`,
/// runs any more.
final class SimProcess {

    private final Scheduler scheduler;
    private final Machine machine;
    private final Coroutine coroutine;
    private final Runnable afterStep;
    private long suspension;
    private boolean wakeable;
    private boolean wokenEarly;
    private boolean paused;
    private boolean dead;
    private boolean resumeIsDue;

    /// @param afterStep called whenever the body has run for a moment.
    SimProcess(Scheduler scheduler, Machine machine, Runnable body, Runnable afterStep) {
        this.scheduler = scheduler;
        this.machine = machine;
        this.coroutine = new Coroutine(body);
        this.afterStep = afterStep;
        machine.onThaw(this::catchUp);
    }

    void start() {
        long token = ++suspension;
        scheduler.after(0, () -> resume(token));
    }

    /// Lets time pass, deaf to everything. Called by the body.
    void pass(long nanos) {
        long token = ++suspension;
        scheduler.after(nanos, () -> resume(token));
        Coroutine.suspend();
    }

    /// Lets time pass until somebody finishes the wait that this token stands for, at most the
    /// given time. Called by the body, with a token from {@link #beginWait}.
    void await(long token, long nanos) {
        if (token != suspension) {
            throw new IllegalStateException("waiting for two things at once");
        }
        scheduler.after(nanos, () -> resume(token));
        Coroutine.suspend();
    }

    long beginWait() {
        return ++suspension;
    }

    /// Ends a wait now; without effect when it has ended already.
    void finish(long token) {
        resume(token);
    }

    /// Sleeps until it is woken, at most the given time. A wake that came since the last sleep
    /// counts: the body looks again at once.
    void sleep(long nanos) {
        if (wokenEarly) {
            wokenEarly = false;
            pass(0);
            return;
        }
        wakeable = true;
        pass(nanos);
        wakeable = false;
        wokenEarly = false;
    }

    void wake() {
        if (wakeable) {
            wakeable = false;
            long token = suspension;
            scheduler.after(0, () -> resume(token));
        } else {
            wokenEarly = true;
        }
    }

    boolean isPaused() {
        return paused;
    }

    void pause() {
        paused = true;
    }

    void unpause() {
        paused = false;
        catchUp();
    }

    void kill() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    /// Whether it gets no processor time, by its own pause or its machine's.
    boolean isStopped() {
        return paused || machine.isFrozen();
    }

    private void catchUp() {
        if (resumeIsDue && !isStopped()) {
            resumeIsDue = false;
            long token = suspension;
            scheduler.after(0, () -> resume(token));
        }
    }

    private void resume(long token) {
        if (dead || token != suspension) {
            return;
        }
        if (isStopped()) {
            resumeIsDue = true;
            return;
        }
        suspension++;
        coroutine.resume();
        if (coroutine.hasEnded()) {
            dead = true;
        }
        afterStep.run();
    }
}
