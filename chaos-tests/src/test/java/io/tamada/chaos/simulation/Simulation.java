package io.tamada.chaos.simulation;

import io.tamada.core.member.MemberName;
import io.tamada.dcs.ClusterKeys;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One run: a cluster lives through faults, is healed, and must become whole.
final class Simulation {

    /// How long a cluster must stay whole to count.
    private static final long SETTLED_NANOS = 2_000_000_000L;

    private static final int PER_THOUSAND = 1000;
    private static final long OPERATOR_NANOS = 30_000_000_000L;
    private static final MemberName STRANGER = new MemberName("nobody");

    /// How a run is made.
    ///
    /// @param options what becomes of the seed's own options.
    record Manner(Mutation mutation, Trace.Echo echo, UnaryOperator<Options> options) {
        static final Manner USUAL =
                new Manner(Mutation.NONE, Trace.Echo.NONE, UnaryOperator.identity());

        static Manner with(Mutation mutation) {
            return mutation.faults().isEmpty()
                    ? new Manner(mutation, Trace.Echo.NONE, UnaryOperator.identity())
                    : with(mutation.faults()).mistaken(mutation);
        }

        /// The seed's own cluster, to which nothing else happens.
        static Manner with(List<FaultKind> faults) {
            return new Manner(
                    Mutation.NONE, Trace.Echo.NONE, options -> options.withFaults(faults));
        }

        Manner echoing(Trace.Echo wanted) {
            return new Manner(mutation, wanted, options);
        }

        Manner mistaken(Mutation mistake) {
            return new Manner(mistake, echo, options);
        }
    }

    /// How a run ended.
    ///
    /// @param violation null when every invariant held.
    record Result(
            long seed,
            Options options,
            @Nullable Violation violation,
            List<String> lastLines,
            long traceHash,
            RunReport report) {}

    private final long seed;
    private final World world;
    private final Invariants invariants;
    private final Ledger ledger;
    private final Faults faults;
    private final SplittableRandom wakes;

    private Simulation(long seed, Options options, SplittableRandom random, Manner manner) {
        this.seed = seed;
        this.world = new World(options, random.split(), manner);
        this.invariants = new Invariants(world);
        this.ledger = new Ledger(world, invariants);
        this.faults = new Faults(world, random.split());
        this.wakes = random.split();
    }

    static Result run(long seed) {
        return run(seed, Manner.USUAL);
    }

    static Result run(long seed, Manner manner) {
        SplittableRandom random = new SplittableRandom(seed);
        Options options = manner.options().apply(Options.draw(random.split()));
        return new Simulation(seed, options, random, manner).run();
    }

    /// The seed's own cluster, with other options.
    static Result runWith(long seed, UnaryOperator<Options> change) {
        return run(seed, new Manner(Mutation.NONE, Trace.Echo.NONE, change));
    }

    private Result run() {
        RunReport report = world.report();
        try {
            start();
            int lulls = world.options().course().lulls();
            long part = world.options().course().lastsNanos() / (lulls + 1);
            for (int i = 0; i < lulls; i++) {
                if (advance(world.nowNanos() + part) && heal()) {
                    report.lulls++;
                    faults.begin();
                }
            }
            if (advance(world.nowNanos() + part) && heal()) {
                settle();
            }
        } catch (RuntimeException | AssertionError failed) {
            StackTraceElement[] stack = failed.getStackTrace();
            world.violation(
                    Violation.Kind.LOOP_FAILED,
                    failed + (stack.length == 0 ? "" : " at " + stack[0]));
        }
        report.seeds = 1;
        report.virtualNanos = world.nowNanos();
        report.events = world.scheduler().scheduled();
        return new Result(
                seed,
                world.options(),
                world.violation(),
                world.trace().lastLines(),
                world.trace().hash(),
                report);
    }

    private void start() {
        watch();
        world.archive().begin();
        for (Node node : world.nodes()) {
            long delay = wakes.nextLong(world.options().cluster().timing().ttl().toNanos());
            node.machine().after(delay, node::startAgent);
            ledger.attach(node);
        }
        faults.begin();
        promoteByMistake();
    }

    /// Wakes the agents as their watch would: soon, late, or not at all.
    private void watch() {
        ClusterKeys keys = new ClusterKeys(World.NAMESPACE, World.SCOPE);
        world.etcd()
                .watch(
                        changes -> {
                            for (SimEtcd.Change change : changes) {
                                announce(keys, change);
                            }
                        });
    }

    /// Who is woken by a change is everybody, but for a member by what it has said itself: one
    /// question answers it for all.
    private void announce(ClusterKeys keys, SimEtcd.Change change) {
        String key = change.key().text();
        boolean wakesStrangers =
                keys.wakes(STRANGER, change.key(), change.before(), change.after());
        for (Node node : world.nodes()) {
            boolean own = change.after() != null && key.endsWith("/members/" + node.name());
            if (wakesStrangers && !own) {
                wake(node);
            }
        }
    }

    private void wake(Node node) {
        long delay = world.network().delayNanos(world.network().etcd(), node.index());
        if (delay == SimNetwork.LOST
                || wakes.nextInt(PER_THOUSAND) < world.weather().wakeLost()
                || node.isDeaf()) {
            return;
        }
        world.scheduler()
                .after(
                        delay,
                        () -> {
                            Agent agent = node.agent();
                            if (agent != null) {
                                agent.wake();
                            }
                        });
    }

    private void promoteByMistake() {
        if (world.mutation() == Mutation.PROMOTED_WITHOUT_LEASE) {
            long when = world.options().course().lastsNanos() / 2;
            world.scheduler()
                    .after(
                            when,
                            () -> {
                                for (Node node : world.nodes()) {
                                    SimInstance instance = node.instance();
                                    if (instance.server() == SimInstance.Server.STANDBY) {
                                        instance.beginPromotion(0);
                                        instance.completePromotion();
                                        return;
                                    }
                                }
                            });
        }
    }

    /// @return whether all invariants held until then.
    private boolean advance(long untilNanos) {
        while (!world.isOver() && world.scheduler().step(untilNanos)) {
            checkIfTouched();
        }
        return !world.isOver();
    }

    private void checkIfTouched() {
        if (world.takeTouched()) {
            invariants.check();
        }
    }

    /// Everything is mended, and nothing goes wrong until the cluster is whole.
    ///
    /// @return false when it was not whole in time.
    private boolean heal() {
        faults.end();
        world.scheduler().after(OPERATOR_NANOS, this::replaceHalfRewound);
        long healedAt = world.nowNanos();
        long deadline = healedAt + world.options().livenessBound().toNanos();
        long wholeSince = Long.MAX_VALUE;
        while (!world.isOver() && world.nowNanos() < deadline) {
            world.scheduler().step(deadline);
            checkIfTouched();
            if (!invariants.isWhole()) {
                wholeSince = Long.MAX_VALUE;
            } else if (wholeSince == Long.MAX_VALUE) {
                wholeSince = world.nowNanos();
            } else if (world.nowNanos() - wholeSince > SETTLED_NANOS) {
                world.report().slowestHealNanos =
                        Math.max(world.report().slowestHealNanos, wholeSince - healedAt);
                return true;
            }
        }
        if (!world.isOver()) {
            world.violation(
                    Violation.Kind.NOT_WHOLE, "leader " + invariants.leader() + ", " + describe());
        }
        return false;
    }

    /// Where a directory was left half rewound and no setting allows to give it up, an operator
    /// does.
    private void replaceHalfRewound() {
        for (Node node : world.nodes()) {
            boolean stuck =
                    node.instance().directory() == SimInstance.Directory.INTERRUPTED
                            && !world.settings().removeOnRewindFailure();
            if (stuck && !node.instance().isRunning()) {
                world.report().operatorWipes++;
                node.instance().wipe();
            }
        }
    }

    private void settle() {
        ledger.close();
        for (SimInstance instance : world.instances()) {
            if (instance.acceptsWrites()) {
                ledger.settle(instance);
            }
        }
        RunReport report = world.report();
        if (report.leaderChanges > report.faultCount() + 1 + storms()) {
            world.violation(
                    Violation.Kind.TOO_MANY_LEADER_CHANGES,
                    report.leaderChanges + " changes, " + report.faultCount() + " faults");
        }
    }

    /// Stalls, lost answers and failing operations are reasons too; they are not counted one by
    /// one, but a run without any must not need them.
    private long storms() {
        Options options = world.options();
        return options.weather().isStormy()
                ? options.course().lastsNanos() / options.ttlNanos() / 2
                : 0;
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        for (SimInstance instance : world.instances()) {
            text.append(instance).append(' ').append(instance.directory()).append("; ");
        }
        return text.toString();
    }
}
