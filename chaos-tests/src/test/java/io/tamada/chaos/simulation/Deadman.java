package io.tamada.chaos.simulation;

import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.time.Monotonic;
import org.jspecify.annotations.Nullable;

/// The thread beside the loop that ends the server when the lease is about to run out, whatever
/// the loop is doing. It lives in the agent: it stops when the agent is stopped and dies with it.
final class Deadman {

    private static final long EVERY_NANOS = 20_000_000;

    private final World world;
    private final Node node;
    private final Agent agent;
    private final WriteDeadline deadline;
    private @Nullable Monotonic quitFor;
    private @Nullable Monotonic killedFor;

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
        node.machine().after(EVERY_NANOS, this::watch);
    }

    private void look() {
        WriteDeadline.Term term = deadline.current();
        if (term == null || !node.instance().isRunning()) {
            return;
        }
        Monotonic until = term.mayWriteUntil();
        Monotonic now = node.clock().now();
        if (now.isAtOrAfter(term.timing().killBy(until)) && !until.equals(killedFor)) {
            killedFor = until;
            world.report().deadmanKills++;
            world.trace().line(node.name(), "deadman", "kill");
            node.instance().kill(() -> {});
        } else if (now.isAtOrAfter(term.timing().quitBy(until)) && !until.equals(quitFor)) {
            quitFor = until;
            world.report().deadmanQuits++;
            world.trace().line(node.name(), "deadman", "quit");
            node.instance().quit(() -> {});
        }
    }
}
