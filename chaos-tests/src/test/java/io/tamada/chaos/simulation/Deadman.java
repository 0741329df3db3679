package io.tamada.chaos.simulation;

import io.tamada.core.fencing.DeadmanWatch;
import io.tamada.core.lease.WriteDeadline;
import java.time.Duration;

/// The thread beside the loop that ends the server when the lease is about to run out, whatever
/// the loop is doing: the rules of the agent's own deadman, on simulated ports. It lives in the
/// agent: it stops when the agent is stopped and dies with it.
final class Deadman {

    private static final long LOOK_EVERY_NANOS = 50_000_000;

    /// By the settings that hold until the store has been read.
    private static final Duration GRACE_AT_START = Duration.ofSeconds(12);

    private final World world;
    private final Node node;
    private final Agent agent;
    private final WriteDeadline deadline;
    private final long phaseNanos;
    private boolean watching;
    private long nextLookNanos = Long.MAX_VALUE;
    private DeadmanWatch known = DeadmanWatch.atStart(GRACE_AT_START);

    Deadman(World world, Node node, Agent agent, WriteDeadline deadline) {
        this.world = world;
        this.node = node;
        this.agent = agent;
        this.deadline = deadline;
        this.phaseNanos = world.nowNanos();
    }

    void watch() {
        watching = true;
        lookAgain();
    }

    /// The agent has been stopped and runs again: the thread's sleep is over, too.
    void lookAgain() {
        if (watching && !agent.process().isDead() && !agent.process().isStopped()) {
            nextLookNanos = Long.MAX_VALUE;
            look();
            lookNext();
        }
    }

    /// Something has changed; the next of the regular looks sees it. Those that would see nothing
    /// new are left out.
    void lookSoon() {
        if (watching) {
            lookBy(world.nowNanos());
        }
    }

    private void lookNext() {
        if (agent.seesPause() || !node.instance().mayBePrimary()) {
            return;
        }
        WriteDeadline.Term term = deadline.current();
        lookBy(
                term == null
                        ? world.nowNanos()
                        : node.clock().trueNanosOf(term.timing().quitBy(term.mayWriteUntil())));
    }

    /// At the first regular look after this moment.
    private void lookBy(long nanos) {
        long now = world.nowNanos();
        long after = Math.max(nanos, now) - phaseNanos;
        long at = phaseNanos + (after / LOOK_EVERY_NANOS + 1) * LOOK_EVERY_NANOS;
        if (at < nextLookNanos) {
            nextLookNanos = at;
            node.machine()
                    .after(
                            at - now,
                            () -> {
                                if (at == nextLookNanos) {
                                    lookAgain();
                                }
                            });
        }
    }

    private void look() {
        if (agent.seesPause()) {
            known = known.paused();
            return;
        }
        if (!node.instance().mayBePrimary()) {
            known = known.noPrimary();
            return;
        }
        DeadmanWatch.Look look = known.primary(node.clock().now(), deadline.current());
        known = look.next();
        switch (look.verdict()) {
            case LET_RUN -> {}
            case QUIT -> quit();
            case KILL -> kill();
        }
    }

    private void quit() {
        world.report().deadmanQuits++;
        world.trace().line(node.name(), "deadman", "quit");
        node.instance().quit(() -> {});
    }

    private void kill() {
        if (node.instance().isKillPending()) {
            return;
        }
        world.report().deadmanKills++;
        world.trace().line(node.name(), "deadman", "kill");
        node.instance().kill(() -> {});
    }
}
