package io.tamada.chaos.simulation;

import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.port.ClusterRecords;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A member's own record on the disk of its node: written a moment later, unless the agent has
/// died before. It outlives agents and crashes.
final class SimRecords implements ClusterRecords {

    private static final long SLOWEST_WRITE_NANOS = 60_000_000;

    private final Node node;
    private final Agent agent;
    private final SplittableRandom random;
    private final @Nullable ClusterRecord earlier;
    private long version;

    SimRecords(Node node, Agent agent, SplittableRandom random) {
        this.node = node;
        this.agent = agent;
        this.random = random;
        this.earlier = node.record();
    }

    @Override
    public @Nullable ClusterRecord earlier() {
        return earlier;
    }

    @Override
    public void keep(ClusterRecord record) {
        long writing = ++version;
        node.machine()
                .after(
                        1 + random.nextLong(SLOWEST_WRITE_NANOS),
                        () -> {
                            if (!agent.process().isDead() && writing == version) {
                                node.record(record);
                                agent.wake();
                            }
                        });
    }

    @Override
    public @Nullable ClusterRecord durable() {
        return node.record();
    }
}
