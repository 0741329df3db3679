package io.tamada.chaos.simulation;

/// Something that a server or one of its tools does and that does not come to an end: once it
/// strikes, whatever would have ended next goes on for minutes, or for ever.
final class Hang {

    static final long FOR_EVER = Long.MAX_VALUE;

    private final World world;
    private final String name;
    private long pendingNanos;
    private boolean hanging;
    private long sinceNanos;
    private long number;

    Hang(World world, String name) {
        this.world = world;
        this.name = name;
    }

    /// The next thing that would end hangs for so long.
    void strikeNext(long nanos) {
        pendingNanos = nanos;
    }

    /// Runs what ends something, now or when it has ceased to hang.
    ///
    /// @param what for people.
    void end(Machine machine, String what, Runnable action) {
        long lasts = pendingNanos;
        pendingNanos = 0;
        if (lasts == 0) {
            action.run();
            return;
        }
        world.report().fault(FaultKind.OPERATION_HANGS);
        String length = lasts == FOR_EVER ? "for ever" : Trace.seconds(lasts) + " s";
        world.trace().line(name, "hangs", what + " " + length);
        hanging = true;
        sinceNanos = world.nowNanos();
        long own = ++number;
        if (lasts != FOR_EVER) {
            machine.after(
                    lasts,
                    () -> {
                        if (own == number) {
                            hanging = false;
                        }
                        action.run();
                    });
        }
    }

    /// What hung has been ended, or something else is done now.
    void over() {
        hanging = false;
    }

    /// How far what is under way has come: it moves with time as long as nothing hangs.
    long odometer() {
        return hanging ? sinceNanos : world.nowNanos();
    }
}
