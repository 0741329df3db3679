package io.tamada.chaos.simulation;

import io.tamada.core.lease.WriteDeadline;
import io.tamada.dcs.ClusterKeys;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What must hold after every event, judged by the truth and not by anybody's belief.
///
/// One exception is stated, measured and bounded: while an agent is stopped or dead its server
/// may run past the lease, since nothing outside the agent's process ends it yet. It ends at most
/// {@link #AFTER_RESUME} after the agent runs again, or {@link #adoptionBound} after a new agent
/// has started.
final class Invariants {

    static final Duration AFTER_RESUME = Duration.ofMillis(100);
    private static final long CLOCK_GRAIN_NANOS = 1_000_000;

    private final World world;
    private final Bytes leaderKey;
    private final long[] excusedSinceNanos;
    private @Nullable String leader;
    private @Nullable String lastLeader;
    private boolean overlapping;

    Invariants(World world) {
        this.world = world;
        this.leaderKey =
                Bytes.utf8(new ClusterKeys(World.NAMESPACE, World.SCOPE).prefix() + "leader");
        this.excusedSinceNanos = new long[world.nodes().size()];
        world.etcd().watch(this::noteLeader);
        for (Node node : world.nodes()) {
            SimInstance instance = node.instance();
            instance.onChange(
                    () -> {
                        if (instance.server() == SimInstance.Server.PRIMARY) {
                            becamePrimary(node);
                        }
                    });
        }
    }

    private void noteLeader(List<SimEtcd.Change> changes) {
        for (SimEtcd.Change change : changes) {
            if (change.key().equals(leaderKey)) {
                leader = change.after() == null ? null : change.after().text();
                world.touch();
                world.trace().line("etcd", "leader key", String.valueOf(leader));
                if (leader != null && !leader.equals(lastLeader)) {
                    world.report().leaderChanges++;
                    lastLeader = leader;
                }
            }
        }
    }

    private void becamePrimary(Node node) {
        world.report().promotions++;
        if (!holdsKey(node) && !isExcused(node)) {
            world.violation(
                    Violation.Kind.PRIMARY_WITHOUT_LEASE,
                    node.name() + " becomes primary; the leader is " + leader());
        }
    }

    void check() {
        int writers = 0;
        int entitled = 0;
        int primaryAnswers = 0;
        for (Node node : world.nodes()) {
            boolean writes = node.instance().acceptsWrites();
            boolean excused = isExcused(node);
            if (writes) {
                writers++;
                if (!excused) {
                    entitled++;
                    if (!holdsKey(node)) {
                        world.violation(
                                Violation.Kind.WRITER_WITHOUT_LEASE,
                                node.name() + " accepts writes; the leader is " + leader());
                    }
                }
            }
            measure(node, writes && excused && !holdsKey(node));
            checkDeadline(node);
            Agent agent = node.agent();
            if (agent != null && agent.answersAsPrimary()) {
                primaryAnswers++;
            }
        }
        if (entitled > 1) {
            world.violation(Violation.Kind.TWO_WRITERS, entitled + " servers accept writes");
        }
        if (primaryAnswers > 1) {
            world.violation(
                    Violation.Kind.TWO_PRIMARY_ANSWERS, primaryAnswers + " answers of /primary");
        }
        if (writers > 1 && !overlapping) {
            world.report().excusedOverlaps++;
        }
        overlapping = writers > 1;
    }

    /// An agent that believes longer than etcd does may be overtaken while it believes.
    private void checkDeadline(Node node) {
        Agent agent = node.agent();
        WriteDeadline.Term term = agent == null ? null : agent.deadline().current();
        KeyValue key = world.etcd().peek(leaderKey);
        if (term == null || key == null || !holdsKey(node)) {
            return;
        }
        long believed = node.clock().trueNanosOf(term.mayWriteUntil());
        long kept = world.etcd().expiryNanos(key.leaseId());
        if (believed > world.nowNanos() && believed > kept + tolerance(term.timing().ttl())) {
            world.violation(
                    Violation.Kind.DEADLINE_BEYOND_LEASE,
                    "%s believes until %s, etcd keeps the lease until %s"
                            .formatted(node.name(), Trace.seconds(believed), Trace.seconds(kept)));
        }
    }

    /// Two clocks that drift apart for one ttl.
    private long tolerance(Duration ttl) {
        double apart = 2.5 * world.options().driftPartsPerMillion() / 1e6;
        return CLOCK_GRAIN_NANOS + (long) (ttl.toNanos() * apart);
    }

    private void measure(Node node, boolean excess) {
        int i = node.index();
        long now = world.nowNanos();
        if (excusedSinceNanos[i] != 0) {
            RunReport report = world.report();
            report.longestExcuseNanos =
                    Math.max(report.longestExcuseNanos, now - excusedSinceNanos[i]);
        }
        if (!excess) {
            excusedSinceNanos[i] = 0;
        } else if (excusedSinceNanos[i] == 0) {
            excusedSinceNanos[i] = now;
        }
    }

    boolean isExcused(Node node) {
        Agent agent = node.agent();
        if (agent == null || agent.process().isStopped()) {
            return true;
        }
        long now = world.nowNanos();
        long resumed = Math.max(node.agentResumedAtNanos(), node.machine().thawedAtNanos());
        boolean justResumed = resumed >= 0 && now - resumed <= AFTER_RESUME.toNanos();
        boolean justStarted =
                agent.isSecondLife()
                        && agent.deadline().current() == null
                        && now - agent.startedAtNanos() <= adoptionBound().toNanos();
        return justResumed || justStarted;
    }

    /// How long a new agent may take to end a primary that it finds without a lease: one round of
    /// retries by the default settings, which it goes by until it has read better ones, and the
    /// stop.
    static Duration adoptionBound() {
        return Duration.ofSeconds(10 + 5 + 2);
    }

    private boolean holdsKey(Node node) {
        return node.name().equals(leader());
    }

    @Nullable String leader() {
        return leader;
    }

    /// One primary, which leads, and everybody else streams from it.
    boolean isWhole() {
        SimInstance primary = null;
        for (Node node : world.nodes()) {
            if (node.instance().acceptsWrites()) {
                if (primary != null || !holdsKey(node)) {
                    return false;
                }
                primary = node.instance();
            }
        }
        if (primary == null) {
            return false;
        }
        for (Node node : world.nodes()) {
            SimInstance instance = node.instance();
            if (instance != primary && !instance.isStreamingFrom(primary)) {
                return false;
            }
        }
        return true;
    }
}
