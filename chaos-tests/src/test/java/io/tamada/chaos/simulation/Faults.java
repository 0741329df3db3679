package io.tamada.chaos.simulation;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.order.Order;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Breaks things, one after the other or several at a time, and mends each after a while.
final class Faults {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private final World world;
    private final SplittableRandom random;
    private boolean active;
    private int spell;

    Faults(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
    }

    /// From now on, at the beginning or after a lull, things go wrong.
    void begin() {
        active = true;
        world.changeWeather(world.options().weather());
        next();
    }

    private void next() {
        if (world.options().course().faults().isEmpty()) {
            return;
        }
        long every = world.options().course().faultEveryNanos();
        int own = spell;
        world.scheduler()
                .after(
                        every / 4 + random.nextLong(every * 3 / 2),
                        () -> {
                            if (active && own == spell) {
                                var kinds = world.options().course().faults();
                                inject(kinds.get(random.nextInt(kinds.size())));
                                next();
                            }
                        });
    }

    /// Mends everything.
    void end() {
        active = false;
        spell++;
        world.changeWeather(Weather.CALM);
        world.network().healAll();
        world.archive().breakDown(false);
        if (!world.etcd().hasLeader()) {
            world.etcd().elect(random.nextLong(3));
        }
        world.etcd().deposedLeaderLearns();
        boolean lost =
                world.etcdRestores() > 0
                        || world.report().faults.containsKey(FaultKind.CONFIG_KEY_DELETED);
        // What commits were promised under is not changed while a store is doubted.
        Settings settings = world.options().cluster().settings();
        world.configure(settings.synchronous(world.settings().synchronous()), lost);
        if (world.etcdRestores() > 0) {
            world.forgetFailsafe();
        }
        for (Node node : world.nodes()) {
            node.machine().thaw();
            node.boot();
            node.breakGuard(false);
            node.retag(Tagging.harmless(node.tags()));
            node.deafen(false);
            node.instance().mend();
            node.unpauseAgent();
        }
        // A time to come may be hours away on a clock that was set.
        world.operator().delete("failover");
        world.trace().line("world", "healed", "");
    }

    private void inject(FaultKind kind) {
        Node node = victim();
        if (!isPossible(kind, node)) {
            return;
        }
        boolean countsLater =
                switch (kind) {
                    // When something hangs, and when an order is taken.
                    case OPERATION_HANGS, RESTART_ORDERED, REINITIALIZE_ORDERED -> true;
                    default -> false;
                };
        if (!countsLater) {
            world.report().fault(kind);
        }
        world.trace().line("fault", kind.toString(), node.name());
        switch (kind) {
            case AGENT_CRASH -> {
                node.killAgent();
                node.machine().after(upTo(10 * SECOND), node::startAgent);
            }
            case AGENT_PAUSE -> {
                node.pauseAgent();
                later(pause(), node::unpauseAgent);
            }
            case AGENT_SHUTDOWN -> {
                Agent agent = node.agent();
                if (agent != null) {
                    agent.requestShutdown();
                }
            }
            case GUARD_CRASH -> node.killGuard();
            case GUARD_BROKEN -> {
                node.breakGuard(true);
                later(upTo(3 * ttl()), () -> node.breakGuard(false));
            }
            case SERVER_CRASH -> node.instance().crash();
            case SERVER_STOPPED -> {
                node.instance().stopProcesses(true);
                later(pause(), () -> node.instance().stopProcesses(false));
            }
            case SERVER_SLOW -> {
                node.instance().slowDown(2 + random.nextInt(5));
                later(upTo(8 * ttl()), () -> node.instance().slowDown(1));
            }
            case DISK_FULL -> {
                node.instance().changeDisk(SimDisk.FULL);
                later(upTo(8 * ttl()), () -> node.instance().changeDisk(SimDisk.FINE));
            }
            case DISK_HANGS -> {
                node.instance().changeDisk(SimDisk.HANGING);
                later(pause(), () -> node.instance().changeDisk(SimDisk.FINE));
            }
            case NODE_CRASH -> {
                node.crash();
                later(upTo(40 * SECOND), node::boot);
            }
            case NODE_PAUSE -> {
                node.machine().freeze();
                later(pause(), node.machine()::thaw);
            }
            case CUT_FROM_ALL -> cutFromAll(node);
            case CUT_FROM_ETCD -> cutFromEtcd(node, true, true);
            case REQUESTS_TO_ETCD_LOST -> cutFromEtcd(node, true, false);
            case ANSWERS_OF_ETCD_LOST -> cutFromEtcd(node, false, true);
            case CUT_FROM_PEERS -> cutFromPeers(node);
            case CUT_ONE_WAY -> {
                int from = random.nextInt(world.network().etcd() + 1);
                int to = random.nextInt(world.network().etcd() + 1);
                world.network().cut(from, to);
                later(upTo(4 * ttl()), () -> world.network().heal(from, to));
            }
            case WATCH_LOST -> {
                node.deafen(true);
                later(upTo(4 * ttl()), () -> node.deafen(false));
            }
            case WALL_CLOCK_STEP -> node.clock().stepWallClock(random.nextLong(-7200, 7200));
            case PAUSED_AND_RESUMED -> {
                world.configure(world.settings().paused(true));
                later(pause(), () -> world.configure(world.settings().paused(false)));
            }
            case TTL_CHANGED -> world.configure(world.settings().with(otherTiming()));
            case SYNC_SETTINGS_CHANGED -> changeSynchronous();
            case TIMELINE_CHECK_TOGGLED ->
                    world.configure(
                            world.settings().checkingTimeline(!world.settings().checkTimeline()));
            case ANOTHER_LEADER_ASKED -> askForAnotherLeader();
            case ETCD_LEADER_CHANGE -> {
                world.etcd().loseLeader();
                later(SECOND + upTo(SECOND), this::elect);
            }
            case ETCD_LEADER_DEPOSED -> {
                world.etcd().deposeLeader();
                later(SECOND + upTo(SECOND), this::elect);
                later(SECOND + upTo(2 * ttl()), world.etcd()::deposedLeaderLearns);
            }
            case ETCD_DOWN -> {
                world.etcd().loseLeader();
                later(upTo(4 * ttl()), this::elect);
            }
            case ETCD_WIPED -> world.restoreEtcd(SimEtcd.NOTHING);
            case ETCD_RESTORED -> {
                SimEtcd.Snapshot snapshot = world.etcd().snapshot();
                int restores = world.etcdRestores();
                later(
                        upTo(8 * ttl()),
                        () -> {
                            // A snapshot of a history that was itself given up would take the
                            // store forward, to where nobody has been; and who has seen nothing
                            // since the snapshot, or not who leads now, cannot tell
                            // (docs/adr/0014)
                            if (world.etcdRestores() == restores
                                    && world.hasEveryoneSeenMoreThan(snapshot.revision())) {
                                world.restoreEtcd(snapshot);
                            }
                        });
            }
            case LEADER_KEY_DELETED,
                    SYNC_KEY_DELETED,
                    STATUS_KEY_DELETED,
                    MEMBER_KEY_DELETED,
                    CONFIG_KEY_DELETED,
                    HISTORY_KEY_DELETED,
                    INITIALIZE_KEY_DELETED ->
                    world.operator().delete(Objects.requireNonNull(keyDeletedBy(kind, node)));
            case OPERATION_HANGS -> {
                Hang hang = node.instance().hang();
                hang.strikeNext(random.nextInt(3) == 0 ? Hang.FOR_EVER : upTo(300 * SECOND));
                later(upTo(4 * ttl()), () -> hang.strikeNext(0));
            }
            case ARCHIVE_BROKEN -> {
                world.archive().breakDown(true);
                later(upTo(8 * ttl()), () -> world.archive().breakDown(false));
            }
            case SWITCHOVER_SCHEDULED ->
                    askForAnotherLeader(node.clock().wallTimeIn(upTo(2 * ttl())));
            case RESTART_ORDERED -> {
                Duration patience = random.nextBoolean() ? null : Duration.ofSeconds(5);
                order(node, kind, new Order.Restart(patience));
            }
            case REINITIALIZE_ORDERED ->
                    order(node, kind, new Order.Reinitialize(random.nextBoolean()));
            case TAGS_CHANGED -> node.retag(Tagging.draw(random, world.nodes().size()));
            case REQUEST_WITHDRAWN -> {
                askForAnotherLeader();
                later(upTo(2 * SECOND), () -> world.operator().delete("failover"));
            }
            case ETCD_SLOW -> {
                int etcd = world.network().etcd();
                long extra = upTo(ttl() / 4);
                world.network().slow(node.index(), etcd, extra);
                world.network().slow(etcd, node.index(), upTo(ttl() / 8));
                later(upTo(4 * ttl()), () -> world.network().heal(node.index(), etcd));
            }
        }
    }

    private boolean isPossible(FaultKind kind, Node node) {
        if (kind == FaultKind.ARCHIVE_BROKEN && !world.archive().exists()) {
            return false;
        }
        if (kind == FaultKind.ETCD_WIPED
                && world.nodes().stream().anyMatch(each -> each.record() == null)) {
            // Who has never been told of a cluster can find none in an empty store.
            return false;
        }
        String key = keyDeletedBy(kind, node);
        return key == null || world.operator().has(key);
    }

    /// What somebody deletes by hand; null when this is another fault.
    private static @Nullable String keyDeletedBy(FaultKind kind, Node node) {
        return switch (kind) {
            case LEADER_KEY_DELETED -> "leader";
            case SYNC_KEY_DELETED -> "sync";
            case STATUS_KEY_DELETED -> "status";
            case MEMBER_KEY_DELETED -> "members/" + node.name();
            case CONFIG_KEY_DELETED -> "config";
            case HISTORY_KEY_DELETED -> "history";
            case INITIALIZE_KEY_DELETED -> "initialize";
            default -> null;
        };
    }

    private LeaseTiming otherTiming() {
        Duration loopWait = Duration.ofSeconds(1 + random.nextInt(5));
        Duration retryTimeout = Duration.ofSeconds(2 + random.nextInt(5));
        Duration least = loopWait.plus(retryTimeout).plus(retryTimeout);
        return new LeaseTiming(least.plusSeconds(random.nextInt(10)), loopWait, retryTimeout);
    }

    /// Somebody writes the `failover` key: a switchover or a failover, to somebody or to anybody,
    /// sensible or not.
    private void askForAnotherLeader() {
        askForAnotherLeader(null);
    }

    /// Somebody asks the node's API, which takes one order at a time.
    private void order(Node node, FaultKind kind, Order order) {
        Agent agent = node.agent();
        boolean refused = order instanceof Order.Reinitialize && node.instance().mayBePrimary();
        if (agent != null && !refused && agent.orders().place(order, node.clock().now()) != null) {
            world.report().fault(kind);
            agent.wake();
        }
    }

    /// @param scheduledAt null for now.
    private void askForAnotherLeader(@Nullable String scheduledAt) {
        String candidate = world.nodes().get(random.nextInt(world.nodes().size())).name();
        String leader = world.nodes().get(random.nextInt(world.nodes().size())).name();
        for (Node node : world.nodes()) {
            if (node.instance().acceptsWrites() && random.nextInt(4) > 0) {
                leader = node.name();
            }
        }
        // A failover to a named member is the operator's word against the promise of synchronous
        // mode; there only switchovers are asked for.
        boolean promised = world.settings().synchronous().isOn();
        int kind = random.nextInt(3);
        String request =
                switch ((promised || scheduledAt != null) && kind == 1 ? 2 : kind) {
                    case 0 -> "{\"leader\":\"" + leader + "\"";
                    case 1 -> "{\"member\":\"" + candidate + "\"";
                    default -> "{\"leader\":\"" + leader + "\",\"member\":\"" + candidate + "\"";
                };
        world.request(
                request
                        + (scheduledAt == null ? "" : ",\"scheduled_at\":\"" + scheduledAt + "\"")
                        + "}");
    }

    private void elect() {
        if (!world.etcd().hasLeader()) {
            world.etcd().elect(random.nextLong(3));
            world.trace().line("etcd", "elected", "term " + world.etcd().raftTerm());
        }
    }

    private void cutFromAll(Node node) {
        cutFromPeers(node);
        cutFromEtcd(node, true, true);
    }

    private void cutFromPeers(Node node) {
        long lasts = upTo(4 * ttl());
        for (Node other : world.nodes()) {
            if (other != node) {
                world.network().cut(node.index(), other.index());
                world.network().cut(other.index(), node.index());
                later(lasts, () -> world.network().heal(node.index(), other.index()));
            }
        }
    }

    private void cutFromEtcd(Node node, boolean requests, boolean answers) {
        int etcd = world.network().etcd();
        if (requests) {
            world.network().cut(node.index(), etcd);
        }
        if (answers) {
            world.network().cut(etcd, node.index());
        }
        later(upTo(4 * ttl()), () -> world.network().heal(node.index(), etcd));
    }

    private Node victim() {
        for (Node node : world.nodes()) {
            if (node.instance().acceptsWrites() && random.nextBoolean()) {
                return node;
            }
        }
        return world.nodes().get(random.nextInt(world.nodes().size()));
    }

    /// Mostly short, sometimes well beyond the ttl.
    private long pause() {
        return random.nextBoolean() ? upTo(ttl()) : upTo(3 * ttl());
    }

    private long ttl() {
        return world.options().ttlNanos();
    }

    private long upTo(long nanos) {
        return MILLI + random.nextLong(nanos);
    }

    private void later(long nanos, Runnable mend) {
        world.scheduler()
                .after(
                        nanos,
                        () -> {
                            if (active) {
                                mend.run();
                            }
                        });
    }

    /// Never from or to a cluster without synchronous mode: its promise would begin or end there.
    private void changeSynchronous() {
        ClusterConfig.Synchronous now = world.settings().synchronous();
        if (now.isOn()) {
            world.configure(
                    world.settings()
                            .synchronous(
                                    new ClusterConfig.Synchronous(
                                            upTo(2) == 0
                                                    ? SynchronousMode.ON
                                                    : SynchronousMode.QUORUM,
                                            upTo(4) == 0,
                                            upTo(3) == 0 ? 2 : 1,
                                            -1)));
        }
    }
}
