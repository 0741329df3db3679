package io.tamada.chaos.simulation;

import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The thread beside the loop that ends the server when the lease is about to run out, whatever
/// the loop is doing: the rules of the agent's own deadman, on simulated ports. It lives in the
/// agent: it stops when the agent is stopped and dies with it.
final class Deadman {

    private static final long LOOK_EVERY_NANOS = 50_000_000;
    private static final Duration GRACE_WITHOUT_LEASE = Duration.ofMillis(500);
    private static final Duration FROM_QUIT_TO_KILL = Duration.ofSeconds(1);

    /// By the settings that hold until the store has been read.
    private static final Duration GRACE_AT_START = Duration.ofSeconds(12);

    private final World world;
    private final Node node;
    private final Agent agent;
    private final WriteDeadline deadline;
    private @Nullable Monotonic nakedSince;
    private WriteDeadline.@Nullable Term lastTerm;
    private boolean quitSent;

    Deadman(World world, Node node, Agent agent, WriteDeadline deadline) {
        this.world = world;
        this.node = node;
        this.agent = agent;
        this.deadline = deadline;
    }

    void watch() {
        if (agent.process().isDead()) {
            return;
        }
        if (!agent.process().isStopped()) {
            look();
        }
        node.machine().after(LOOK_EVERY_NANOS, this::watch);
    }

    /// The agent has been stopped and runs again: the thread's sleep is over, too.
    void lookAgain() {
        if (!agent.process().isDead() && !agent.process().isStopped()) {
            look();
        }
    }

    private void look() {
        if (!node.instance().mayBePrimary()) {
            nakedSince = null;
            quitSent = false;
            return;
        }
        Monotonic now = node.clock().now();
        WriteDeadline.Term term = deadline.current();
        if (term != null) {
            nakedSince = null;
            lastTerm = term;
            strike(now, term);
            return;
        }
        if (nakedSince == null) {
            nakedSince = now;
        }
        Duration grace = lastTerm == null ? GRACE_AT_START : GRACE_WITHOUT_LEASE;
        Monotonic quitBy = nakedSince.plus(grace);
        if (now.isAtOrAfter(quitBy.plus(FROM_QUIT_TO_KILL))) {
            kill();
        } else if (now.isAtOrAfter(quitBy)) {
            quit();
        } else if (lastTerm != null) {
            // A lease that was lost is no better than one that has run out.
            strike(now, lastTerm);
        }
    }

    private void strike(Monotonic now, WriteDeadline.Term term) {
        Monotonic end = term.mayWriteUntil();
        if (now.isAtOrAfter(term.timing().killBy(end))) {
            kill();
        } else if (now.isAtOrAfter(term.timing().quitBy(end))) {
            quit();
        } else {
            quitSent = false;
        }
    }

    private void quit() {
        if (!quitSent) {
            quitSent = true;
            world.report().deadmanQuits++;
            world.trace().line(node.name(), "deadman", "quit");
            node.instance().quit(() -> {});
        }
    }

    private void kill() {
        world.report().deadmanKills++;
        world.trace().line(node.name(), "deadman", "kill");
        node.instance().kill(() -> {});
    }
}
