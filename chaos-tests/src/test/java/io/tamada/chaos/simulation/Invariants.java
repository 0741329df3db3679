package io.tamada.chaos.simulation;

import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.member.MemberName;
import io.tamada.dcs.ClusterKeys;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What must hold after every event, judged by the truth and not by anybody's belief. What may
/// run past a lease for a moment is the affair of {@link Excuses}.
final class Invariants {

    private static final long CLOCK_GRAIN_NANOS = 1_000_000;

    private final World world;
    private final Bytes leaderKey;
    private final Excuses excuses;
    private @Nullable String leader;
    private @Nullable String lastLeader;

    /// Whether the leader key is, or was when it ran out, as a snapshot had it.
    private boolean leaderRestored;

    /// Whether somebody has deleted the leader key by hand, and nobody has written it since: its
    /// holder has the rest of its term.
    private boolean leaderDeleted;

    private final Failovers failovers;
    private final SimInstance.Server[] servers;
    private boolean overlapping;

    /// Until when the last agent of each node that led has believed that it may write: the guard
    /// knows as much. What that agent itself has taken back counts no more.
    private final long[] lastTermUntilNanos;

    /// Until when each node was last entitled to lead, whatever it has taken back since.
    private final long[] grantedUntilNanos;

    private final @Nullable Agent[] lastLeading;

    Invariants(World world) {
        this.world = world;
        lastTermUntilNanos = new long[world.options().cluster().nodes()];
        Arrays.fill(lastTermUntilNanos, Long.MIN_VALUE / 2);
        grantedUntilNanos = lastTermUntilNanos.clone();
        lastLeading = new Agent[lastTermUntilNanos.length];
        this.leaderKey =
                Bytes.utf8(new ClusterKeys(World.NAMESPACE, World.SCOPE).prefix() + "leader");
        this.excuses = new Excuses(world);
        this.failovers = new Failovers(world);
        this.servers = new SimInstance.Server[world.nodes().size()];
        Arrays.fill(servers, SimInstance.Server.DOWN);
        world.etcd().watch(this::noteLeader);
        for (Node node : world.nodes()) {
            SimInstance instance = node.instance();
            instance.onChange(() -> serverChanged(node));
        }
    }

    private void noteLeader(List<SimEtcd.Change> changes) {
        for (SimEtcd.Change change : changes) {
            if (change.key().equals(leaderKey)) {
                leader = change.after() == null ? null : change.after().text();
                leaderDeleted = leader == null && (leaderDeleted || world.operator().isDeleting());
                leaderRestored = leader == null ? leaderRestored : world.isRestoringEtcd();
                world.touch();
                world.trace().line("etcd", "leader key", String.valueOf(leader));
                if (leader != null && change.before() == null && !leader.equals(lastLeader)) {
                    checkTags(world.node(new MemberName(leader)));
                }
                if (leader != null && !leader.equals(lastLeader)) {
                    world.report().leaderChanges++;
                    lastLeader = leader;
                }
            }
        }
    }

    /// Who led last may take its own key back. A request that was sent before the tags were changed
    // may arrive a few ttl later.
    private void checkTags(Node node) {
        long settled = node.tagsChangedAtNanos() + 4 * world.longestTtlNanos();
        boolean told =
                node.tags().neverLeads()
                        && (node.tagsChangedAtNanos() == 0 || world.nowNanos() > settled);
        if (told && !node.instance().mayBePrimary() && !world.isRestoringEtcd()) {
            world.violation(
                    Violation.Kind.NOFAILOVER_LEADS,
                    node.name() + " takes the leader key, with the tags " + node.tags().all());
        }
    }

    private void serverChanged(Node node) {
        SimInstance.Server before = servers[node.index()];
        SimInstance.Server now = node.instance().server();
        servers[node.index()] = now;
        if (now == SimInstance.Server.PRIMARY && before != now) {
            becamePrimary(node);
        }
    }

    private void becamePrimary(Node node) {
        world.report().promotions++;
        // A restart in place may end while the others' consent has taken the place of the key; a
        // promotion that was under way when the key vanished ends as it began. Beside another
        // writer either is a violation all the same.
        boolean excused =
                isKept(node) || excuses.of(node) != Excuse.NONE || world.isEtcdJustRestored();
        if (!holdsKey(node) && !excused) {
            world.violation(
                    Violation.Kind.PRIMARY_WITHOUT_LEASE,
                    node.name() + " becomes primary; the leader is " + leader());
        }
        failovers.noteBeginning(node, holdsKey(node));
    }

    void check() {
        int writers = 0;
        int entitled = 0;
        int primaryAnswers = 0;
        for (Node node : world.nodes()) {
            boolean writes = node.instance().acceptsWrites();
            noteTerm(node);
            Excuse excuse = excuses.of(node);
            if (writes) {
                writers++;
                if (excuse == Excuse.NONE) {
                    entitled++;
                    boolean repairs = world.isEtcdJustRestored();
                    if (!holdsKey(node) && !isKept(node) && !repairs) {
                        world.violation(
                                Violation.Kind.WRITER_WITHOUT_LEASE,
                                node.name() + " accepts writes; the leader is " + leader());
                    }
                }
            }
            excuses.measure(node, writes && !holdsKey(node) ? excuse : Excuse.NONE);
            checkDeadline(node);
            Agent agent = node.agent();
            if (agent != null && agent.answersAsPrimary()) {
                primaryAnswers++;
                if (node.instance().server() == SimInstance.Server.STANDBY) {
                    world.violation(
                            Violation.Kind.PRIMARY_ANSWER_IN_RECOVERY,
                            node.name() + " answers /primary and is in recovery");
                }
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
            noteOverlap();
        }
        overlapping = writers > 1;
    }

    private void noteOverlap() {
        for (Node node : world.nodes()) {
            Excuse excuse = excuses.of(node);
            if (node.instance().acceptsWrites() && excuse != Excuse.NONE) {
                world.report().overlaps.merge(excuse, 1L, Long::sum);
            }
        }
    }

    /// An agent that believes longer than etcd does may be overtaken while it believes.
    private void checkDeadline(Node node) {
        Agent agent = node.agent();
        WriteDeadline.Term term = agent == null ? null : agent.deadline().current();
        KeyValue key = world.etcd().peek(leaderKey);
        if (term == null
                || key == null
                || !holdsKey(node)
                || world.isEtcdJustRestored()
                || world.options().cluster().failsafe()) {
            // The others' consent may well reach beyond the lease.
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

    /// Whether this node leads by the others' consent, with no key in etcd and within its
    /// deadline; an agent that is gone has left its deadline to the guard. Beside a restored key
    /// that somebody else cannot use yet, a primary that gives up has the rest of its deadline.
    boolean isKept(Node node) {
        if (leaderDeleted && world.nowNanos() < grantedUntilNanos[node.index()]) {
            return true;
        }
        if (!world.options().cluster().failsafe()) {
            return false;
        }
        if (leaderRestored) {
            return (leader == null || isConsenting(leader, node))
                    && world.nowNanos() < grantedUntilNanos[node.index()];
        }
        if (leader != null) {
            return false;
        }
        Agent agent = node.agent();
        if (agent != null && agent.deadline().current() != null) {
            return agent.deadline().covers(node.clock().now());
        }
        return world.nowNanos() < lastTermUntilNanos[node.index()];
    }

    /// Whether the one whom a restored key names cannot lead by it, as it has consented to `node`.
    /// An agent that has ended, or is as young as a consent of its former life, leads no more.
    private boolean isConsenting(String named, Node node) {
        Node other = world.node(new MemberName(named));
        Agent agent = other.agent();
        if (agent == null || world.nowNanos() - agent.startedAtNanos() < world.longestTtlNanos()) {
            return true;
        }
        FailsafeBoard.Promise promise = agent.consent().promise(other.clock().now());
        return promise != null && promise.leader().value().equals(node.name());
    }

    private void noteTerm(Node node) {
        Agent agent = node.agent();
        WriteDeadline.Term term = agent == null ? null : agent.deadline().current();
        int i = node.index();
        if (term != null) {
            lastTermUntilNanos[i] = node.clock().trueNanosOf(term.mayWriteUntil());
            grantedUntilNanos[i] = lastTermUntilNanos[i];
            lastLeading[i] = agent;
        } else if (agent != null && agent.equals(lastLeading[i])) {
            lastTermUntilNanos[i] = Long.MIN_VALUE / 2;
        }
    }

    /// Two clocks that drift apart for one ttl.
    private long tolerance(Duration ttl) {
        double apart = 2.5 * world.options().cluster().driftPartsPerMillion() / 1e6;
        return CLOCK_GRAIN_NANOS + (long) (ttl.toNanos() * apart);
    }

    private boolean holdsKey(Node node) {
        return node.name().equals(leader());
    }

    boolean isExcused(Node node) {
        return excuses.of(node) != Excuse.NONE;
    }

    @Nullable String leader() {
        return leader;
    }

    /// Streams from it, or from a standby that does, by way of as many others as there are.
    private boolean hangsOn(SimInstance instance, SimInstance primary, int steps) {
        if (instance.isStreamingFrom(primary)) {
            return true;
        }
        for (SimInstance between : world.instances()) {
            if (steps > 0
                    && instance.isStreamingFrom(between)
                    && hangsOn(between, primary, steps - 1)) {
                return true;
            }
        }
        return false;
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
        if (primary == null
                || world.isAsked()
                || (world.options().cluster().useSlots()
                        && !primary.hasSlot(Settings.PERMANENT_SLOT))) {
            return false;
        }
        for (Node node : world.nodes()) {
            SimInstance instance = node.instance();
            if (instance != primary && !hangsOn(instance, primary, world.instances().size())) {
                return false;
            }
        }
        return true;
    }
}
