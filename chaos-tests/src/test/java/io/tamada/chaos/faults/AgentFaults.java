package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Await;
import io.tamada.chaos.cluster.Launched;
import io.tamada.chaos.cluster.NodeGroup;
import io.tamada.chaos.cluster.Processes;
import io.tamada.chaos.cluster.Signals;
import io.tamada.chaos.cluster.TestNode;
import java.time.Duration;

/// Harm to the primary's processes.
final class AgentFaults {

    /// After the new primary's first write the old one gets this long to give itself away.
    private static final double AFTERMATH_TTLS = 0.3;

    private static final Duration STATEMENTS_ARE_RUNNING = Duration.ofMillis(200);

    private AgentFaults() {}

    /// SIGSTOP of the agent for a while.
    static Fault stop(double ttls) {
        return scene -> {
            Launched agent = scene.primary().agent();
            agent.signal(Signals.STOP);
            try {
                scene.begins();
                scene.last(ttls);
            } finally {
                agent.signal(Signals.CONT);
            }
        };
    }

    /// SIGKILL of the agent, started again once somebody else has taken over.
    static Fault killed() {
        return scene -> {
            scene.begins();
            scene.primary().killAgent();
            scene.lastUntilSomebodyTookOver();
            scene.last(AFTERMATH_TTLS);
            var _ = scene.primary().start();
        };
    }

    /// SIGKILL of the agent, started again after a while.
    static Fault killedAndStarted(double ttls) {
        return scene -> {
            scene.begins();
            scene.primary().killAgent();
            scene.last(ttls);
            var _ = scene.primary().start();
            // What follows is the agent's; the deadline of its earlier life has to pass as well.
            scene.last(2);
        };
    }

    /// The fault with the postmaster standing still all the while: it hears no SIGQUIT, and takes
    /// no new sessions, but those there are go on.
    static Fault withPostmasterStopped(Fault fault) {
        return scene -> {
            long postmaster = Processes.postmaster(scene.primary().dataDirectory());
            Signals.STOP.to(postmaster);
            try {
                fault.inflict(scene);
            } finally {
                continueIfThere(scene.primary(), postmaster);
            }
        };
    }

    /// The fault, and soon after its beginning the postmaster is killed: busy backends outlive it,
    /// and nobody is their parent any more.
    static Fault withPostmasterKilled(Fault fault) {
        return scene -> {
            TestNode primary = scene.primary();
            Thread killer =
                    Thread.ofPlatform()
                            .daemon()
                            .start(
                                    () -> {
                                        scene.awaitBeginning();
                                        Await.pause(STATEMENTS_ARE_RUNNING);
                                        scene.replicationEnds();
                                        primary.killPostmaster();
                                    });
            fault.inflict(scene);
            killer.join();
        };
    }

    static Fault postmasterStopped(double ttls) {
        return withPostmasterStopped(
                scene -> {
                    scene.begins();
                    scene.last(ttls);
                });
    }

    private static void continueIfThere(TestNode node, long postmaster) {
        if (Processes.ofInstance(node.dataDirectory()).contains(postmaster)) {
            Signals.CONT.to(postmaster);
        }
    }

    /// The busy clients' stopped backend alone.
    static Fault backendStopped(double ttls) {
        return scene -> {
            scene.begins();
            scene.last(ttls);
        };
    }

    /// The agent is asked to shut down while one backend stands still, which no fast stop can
    /// end: it has to be ended otherwise before the lease is given away.
    static Fault backendStoppedInHandOver() {
        return scene -> {
            scene.begins();
            var _ = scene.primary().stop(Expectation.LONGEST_OUTAGE);
            scene.lastUntilSomebodyTookOver();
            var _ = scene.primary().start();
        };
    }

    /// Every process of the node stands still, its guard too, and goes on later.
    static Fault frozen(double ttls) {
        return scene -> {
            NodeGroup node = scene.primary().group();
            node.freeze();
            try {
                scene.begins();
                scene.last(ttls);
            } finally {
                scene.thaws();
                node.thaw();
            }
        };
    }

    /// Agent and instance die at once; the agent is started when another node leads.
    static Fault primaryNodeKilled() {
        return scene -> {
            scene.begins();
            scene.primary().killHard();
            scene.lastUntilSomebodyTookOver();
            var _ = scene.primary().start();
        };
    }

    /// Like [#primaryNodeKilled()], whichever node it meets.
    static Fault someNodeKilled() {
        return scene -> {
            var nodes = scene.cluster().nodes();
            TestNode node = nodes.get(scene.random().nextInt(nodes.size()));
            scene.begins();
            node.killHard();
            if (node == scene.primary()) {
                scene.lastUntilSomebodyTookOver();
            } else {
                scene.last(scene.random().nextDouble(0.2, 1.5));
            }
            var _ = node.start();
        };
    }
}
