package io.tamada.chaos.simulation;

/// Whether the operator has a node's server in hand: from the moment when its agent hears of a
/// pause, for as long as nobody has had the time to take it back.
final class Maintenance {

    private final World world;
    private boolean inHand;
    private boolean heardOfTheEnd;
    private long resumedAtNanos;

    Maintenance(World world) {
        this.world = world;
    }

    /// The agent has heard whether there is a pause.
    void seen(boolean pause) {
        if (pause) {
            inHand = true;
            resumedAtNanos = Long.MAX_VALUE;
        }
        heardOfTheEnd = !pause && inHand;
        world.touch();
    }

    /// The agent has done what it wanted to do in this turn. Who is stopped between hearing of the
    /// end and that has told no guard anything.
    void turnEnds() {
        if (heardOfTheEnd) {
            heardOfTheEnd = false;
            resumedAtNanos = world.nowNanos();
            world.touchAfter(Excuses.adoptionBound());
        }
    }

    /// A new agent reads for itself whether there is a pause.
    void agentStarts() {
        if (inHand) {
            seen(false);
            turnEnds();
        }
    }

    boolean hasServerInHand() {
        return inHand
                && (resumedAtNanos == Long.MAX_VALUE
                        || world.nowNanos() - resumedAtNanos <= Excuses.adoptionBound().toNanos());
    }
}
