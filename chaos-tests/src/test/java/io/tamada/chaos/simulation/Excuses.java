package io.tamada.chaos.simulation;

import java.time.Duration;
import java.util.Arrays;

/// Who may run past the lease just now, and for how long it was done.
final class Excuses {

    /// From the moment when the agent, or with a guard the guard, is scheduled again.
    static final Duration AFTER_RESUME = Duration.ofMillis(100);

    private final World world;
    private final Excuse[] lasting;
    private final long[] sinceNanos;

    Excuses(World world) {
        this.world = world;
        this.lasting = new Excuse[world.nodes().size()];
        this.sinceNanos = new long[world.nodes().size()];
        Arrays.fill(lasting, Excuse.NONE);
    }

    Excuse of(Node node) {
        if (node.maintenance().hasServerInHand()) {
            return Excuse.PAUSED;
        }
        if (!world.options().cluster().isGuarded()) {
            return isAgentAway(node) ? Excuse.NO_GUARD : Excuse.NONE;
        }
        if (node.isUnguarded()) {
            return isAgentAway(node) ? Excuse.GUARD_KILLED_TOO : Excuse.NONE;
        }
        return isSoonAfter(node.machine().thawedAtNanos()) ? Excuse.FROZEN_TOGETHER : Excuse.NONE;
    }

    /// Whether the agent cannot have ended its server: it is stopped or dead, has only just come
    /// back, or is a new one that still reads what the old one has left.
    private boolean isAgentAway(Node node) {
        Agent agent = node.agent();
        if (agent == null || agent.process().isStopped()) {
            return true;
        }
        return isSoonAfter(node.agentResumedAtNanos())
                || isSoonAfter(node.machine().thawedAtNanos())
                || (agent.isSecondLife()
                        && agent.deadline().current() == null
                        && world.nowNanos() - agent.startedAtNanos() <= adoptionBound().toNanos());
    }

    private boolean isSoonAfter(long nanos) {
        return nanos >= 0 && world.nowNanos() - nanos <= AFTER_RESUME.toNanos();
    }

    /// How long a new agent may take to end a primary that it finds without a lease: one round of
    /// retries by the default settings, which it goes by until it has read better ones, and the
    /// stop.
    static Duration adoptionBound() {
        return Duration.ofSeconds(10 + 5 + 2);
    }

    /// Takes note that a server runs past its lease, or with {@link Excuse#NONE} that it does not.
    void measure(Node node, Excuse used) {
        int i = node.index();
        long now = world.nowNanos();
        if (lasting[i] != Excuse.NONE) {
            world.report().excused(lasting[i], now - sinceNanos[i]);
        }
        if (used != lasting[i]) {
            lasting[i] = used;
            sinceNanos[i] = now;
        }
    }
}
