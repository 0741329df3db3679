package io.tamada.chaos.simulation;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.decision.Action;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.RuleId;
import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.loop.HaLoop;
import io.tamada.core.loop.OutagePorts;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.loop.SnapshotBoard;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberProfile;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.port.ClusterStore;
import io.tamada.core.port.LoopJournal;
import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.dcs.PatroniClusterStore;
import io.tamada.dcs.codec.ClusterConfigCodec;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// One life of a node's agent: the real loop and the real store on simulated ports.
final class Agent {

    private static final long PROBE_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long PROBE_IS_STALE_NANOS = 2 * PROBE_EVERY_NANOS;
    private static final int PER_TEN_THOUSAND = 10_000;

    /// What the status query that runs on a clock of its own has last seen, for the health answers
    /// and for peers.
    record Health(boolean inRecovery, Timeline timeline, Lsn position) {}

    private final World world;
    private final Node node;
    private final SplittableRandom random;
    private final SimProcess process;
    private final SimPostgres postgres;
    private final WriteDeadline deadline = new WriteDeadline();
    private final OrderBoard orders = new OrderBoard();
    private final FailsafeBoard consent = new FailsafeBoard();
    private final SnapshotBoard board = new SnapshotBoard();
    private final long startedAtNanos;
    private final boolean secondLife;
    private final Deadman deadman;
    private final SimFencing fencing;
    private @Nullable HaLoop loop;
    private @Nullable Health probed;
    private long probedAtNanos;
    private WriteDeadline.@Nullable Term noticed;
    private @Nullable RuleId lastRule;
    private String lastBecause = "";
    private boolean seesPause;
    private boolean exitUnseen;

    Agent(World world, Node node, SplittableRandom random) {
        this.secondLife = node.instance().isRunning();
        this.world = world;
        this.node = node;
        this.random = random;
        this.startedAtNanos = world.nowNanos();
        this.process =
                new SimProcess(world.scheduler(), node.machine(), this::run, this::noticeDeadline);
        this.postgres = new SimPostgres(world, node, this, random.split());
        this.deadman = new Deadman(world, node, this, deadline);
        this.fencing = new SimFencing(world, node, this, random.split());
        node.instance().onExit(this::serverExited);
    }

    void start() {
        process.start();
        if (world.mutation() != Mutation.NO_DEADMAN) {
            deadman.watch();
        }
        fencing.watch();
        probe();
    }

    private void run() {
        TimeSource time =
                new TimeSource() {
                    @Override
                    public Monotonic now() {
                        Monotonic now = node.clock().now();
                        stallMaybe();
                        return now;
                    }

                    @Override
                    public Duration untilWall(long epochMillis) {
                        return node.clock().untilWall(epochMillis);
                    }

                    @Override
                    public String wallTime() {
                        return node.clock().wallTime();
                    }
                };
        EtcdKv etcd = Mutants.kv(world, new SimEtcdKv(world, node, this, random.split()));
        ClusterStore store =
                Mutants.store(
                        world,
                        time,
                        new PatroniClusterStore(
                                etcd,
                                time,
                                World.NAMESPACE,
                                World.SCOPE,
                                new MemberName(node.name()),
                                warning -> world.trace().line(node.name(), "warning", warning)));
        HaLoop running =
                new HaLoop(
                        new HaLoop.Ports(
                                store,
                                postgres,
                                new SimPeers(world, node, this),
                                fencing,
                                new OutagePorts(
                                        new SimFailsafe(world, node, this),
                                        consent,
                                        new SimRecords(node, this, random.split()),
                                        json ->
                                                ClusterConfigCodec.decode(
                                                        Bytes.utf8(json), _ -> {})),
                                orders,
                                time,
                                journal()),
                        this::profile,
                        this::configured,
                        Objects.requireNonNull(
                                ClusterConfigCodec.decode(
                                        Bytes.utf8(world.bootstrapJson()), _ -> {})),
                        deadline,
                        board);
        loop = running;
        while (running.exit() == null) {
            world.report().ticks++;
            Duration sleep = running.tick();
            node.maintenance().turnEnds();
            process.sleep(Math.max(0, node.clock().trueNanosOf(sleep)));
        }
        Action.Exit exit = running.exit();
        world.trace().line(node.name(), "exit", String.valueOf(exit));
        node.agentExited(exit == null ? 0 : exit.code(), lastRule);
    }

    private MemberProfile profile() {
        String host = Node.host(node.index());
        return new MemberProfile(
                new MemberName(node.name()),
                "postgres://" + host + ":5432/postgres",
                "http://" + host + ":8008/patroni",
                "installation-" + node.index(),
                "4.0.4",
                Mutants.tags(world, node.tags()));
    }

    /// What the loop is told in the store, just when it hears it.
    private ClusterConfig configured(ClusterConfig config) {
        if (seesPause != config.pause()) {
            seesPause = config.pause();
            node.maintenance().seen(seesPause);
            deadman.lookSoon();
        }
        return config;
    }

    boolean seesPause() {
        return seesPause;
    }

    private LoopJournal journal() {
        return new LoopJournal() {
            @Override
            public void decided(Decision decision) {
                world.report().rules.put(decision.rule(), 1L);
                if (decision.rule() != lastRule || !decision.because().equals(lastBecause)) {
                    world.trace()
                            .line(
                                    node.name(),
                                    decision.rule().code(),
                                    decision.rule() + " " + decision.because());
                }
                if (decision.rule() == RuleId.SWITCHOVER_HANDS_OVER) {
                    world.switchovers().handsOver(node);
                }
                lastRule = decision.rule();
                lastBecause = decision.because();
            }

            @Override
            public void timingChanged(LeaseTiming timing, ClusterConfig config) {
                world.trace().line(node.name(), "timing", timing.toString());
            }

            @Override
            public void fencing(@Nullable String missing) {
                world.trace().line(node.name(), "fencing", "missing: " + missing);
            }

            @Override
            public void failed(Action action, String reason) {
                world.trace()
                        .line(
                                node.name(),
                                "step failed",
                                action.getClass().getSimpleName() + ": " + reason);
            }
        };
    }

    /// The deadman reads the deadline whenever it looks, and so do the checkers.
    private void noticeDeadline() {
        WriteDeadline.Term now = deadline.current();
        if (!Objects.equals(now, noticed)) {
            noticed = now;
            world.touch();
            deadman.lookSoon();
        }
    }

    /// A step of the agent takes a moment, and now and then it gets no processor time in between.
    void step() {
        process.pass(moment());
        stallMaybe();
    }

    long moment() {
        return 10_000 + random.nextLong(150_000);
    }

    void stallMaybe() {
        int rate = world.weather().agentStall();
        if (rate > 0 && random.nextInt(PER_TEN_THOUSAND) < rate && Coroutine.isRunningOne()) {
            double share = random.nextDouble();
            long longest = world.options().cluster().timing().ttl().toNanos() * 3 / 2;
            long nanos = (long) (longest * share * share * share);
            world.trace().line(node.name(), "stall", Trace.seconds(nanos) + " s");
            process.pass(nanos);
        }
    }

    private void probe() {
        if (process.isDead()) {
            return;
        }
        if (!process.isStopped()) {
            boolean wasPrimary = probed != null && !probed.inRecovery();
            probed = node.instance().health();
            probedAtNanos = world.nowNanos();
            if (wasPrimary != (probed != null && !probed.inRecovery())) {
                world.touch();
            }
        }
        node.machine().after(PROBE_EVERY_NANOS, this::probe);
    }

    /// What REST would tell a peer now.
    @Nullable Health health() {
        return world.nowNanos() < probedAtNanos + PROBE_IS_STALE_NANOS ? probed : null;
    }

    /// Whether `/primary` would be 200 now.
    boolean answersAsPrimary() {
        Health health = health();
        return health != null
                && !health.inRecovery()
                && !process.isDead()
                && !process.isStopped()
                && deadline.covers(node.clock().now());
    }

    /// The exit of the postmaster is seen at once, by the health answers as well.
    private void serverExited() {
        exitUnseen = process.isStopped();
        if (!process.isDead() && !process.isStopped()) {
            probed = null;
            postgres.serverExited();
            wake();
        }
    }

    void serverChanged() {
        deadman.lookSoon();
    }

    void wake() {
        if (!process.isDead()) {
            process.wake();
        }
    }

    /// Runs again after a pause. Its threads are overdue all at once, and either may be first.
    void unpause() {
        long latency = random.nextLong(5_000_000);
        process.unpause();
        if (exitUnseen) {
            serverExited();
        }
        node.machine().after(latency, deadman::lookAgain);
    }

    void requestShutdown() {
        HaLoop running = loop;
        if (running != null) {
            running.requestShutdown();
            wake();
        }
    }

    /// The revision of etcd at the last turn; zero before there was one.
    long seenRevision() {
        Snapshot latest = board.latest();
        return latest == null || latest.view() == null ? 0 : latest.view().revision();
    }

    SimProcess process() {
        return process;
    }

    OrderBoard orders() {
        return orders;
    }

    FailsafeBoard consent() {
        return consent;
    }

    WriteDeadline deadline() {
        return deadline;
    }

    /// Whether another agent ran here before, whose server it may have to end.
    boolean isSecondLife() {
        return secondLife;
    }

    long startedAtNanos() {
        return startedAtNanos;
    }
}
