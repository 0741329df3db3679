package io.tamada.chaos.simulation;

import io.tamada.chaos.simulation.SimInstance.Server;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.member.MemberName;
import io.tamada.core.order.Order;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.port.PostgresControl;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Storage;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Timeline;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The agent's hand on its instance. It dies with the agent; a server that it has asked to start,
/// stop or promote goes on by itself, a copy that it was making is left half-done.
final class SimPostgres implements PostgresControl {

    private static final long MILLI = 1_000_000;
    private static final long DISK_RETRY = 50 * MILLI;

    /// As long as the agent waits for a server to be promoted.
    private static final long PROMOTION_PATIENCE = 60_000 * MILLI;

    private final World world;
    private final Node node;
    private final Agent agent;
    private final SimInstance instance;
    private final SplittableRandom random;
    private Operation operation = new Operation.None();
    private long operationNumber;
    private Operation.@Nullable Failed lastFailure;
    private boolean stopIsHard;

    SimPostgres(World world, Node node, Agent agent, SplittableRandom random) {
        this.world = world;
        this.node = node;
        this.agent = agent;
        this.instance = node.instance();
        this.random = random;
    }

    @Override
    public LocalPostgres observe() {
        agent.stallMaybe();
        LocalPostgres seen =
                new LocalPostgres(
                        instance.asDataDirectory(),
                        serverProcess(),
                        operation,
                        storage(),
                        instance.headway());
        agent.process().pass(agent.moment() + random.nextLong(5 * MILLI));
        return seen;
    }

    private ServerProcess serverProcess() {
        return switch (instance.server()) {
            case DOWN -> new ServerProcess.Down();
            case STARTING -> new ServerProcess.NotAnswering(since(), false);
            case STOPPING -> new ServerProcess.NotAnswering(since(), true);
            case STANDBY, PROMOTING, PRIMARY ->
                    instance.isStopped()
                            ? new ServerProcess.NotAnswering(since(), false)
                            : new ServerProcess.Answering(instance.status(node.clock().now()));
        };
    }

    private Monotonic since() {
        return at(instance.changedAtNanos());
    }

    private Monotonic at(long trueNanos) {
        return node.clock().now().minus(Duration.ofNanos(world.nowNanos() - trueNanos));
    }

    /// The probe of the storage that writes a little now and then.
    private Storage storage() {
        Monotonic since = at(instance.diskChangedAtNanos());
        Storage.Verdict verdict =
                switch (instance.disk()) {
                    case FINE -> new Storage.Good(node.clock().now());
                    case FULL -> new Storage.Failing("No space left on device", since);
                    case HANGING -> new Storage.Late(since);
                };
        return new Storage(verdict, null, null);
    }

    @Override
    public void configure(ClusterConfig config) {
        instance.synchronous().configure(config);
        agent.step();
    }

    @Override
    public Begun begin(PostgresCommand command) {
        agent.step();
        Begun begun = dispatch(command);
        world.trace()
                .line(
                        node.name(),
                        "begin",
                        command + " " + (begun instanceof Begun.Refused r ? r : ""));
        return begun;
    }

    private Begun dispatch(PostgresCommand command) {
        return switch (command) {
            case PostgresCommand.Stop(StopMode mode) -> stop(mode);
            case PostgresCommand.Follow(@Nullable Upstream upstream) -> {
                instance.follow(upstream);
                yield new Begun.Accepted();
            }
            case PostgresCommand.Checkpoint() -> {
                instance.checkpoint();
                yield new Begun.Accepted();
            }
            case PostgresCommand.CreateSlot(String name) -> {
                instance.createSlot(name);
                yield new Begun.Accepted();
            }
            case PostgresCommand.SetSynchronousStandbys(var names, var gate) -> {
                instance.synchronous().set(names, gate);
                yield new Begun.Accepted();
            }
            case PostgresCommand.DropSlot(String name) -> {
                instance.dropSlot(name);
                yield new Begun.Accepted();
            }
            case PostgresCommand.AdvanceSlots(var positions) -> {
                instance.advanceSlots(positions);
                yield new Begun.Accepted();
            }
            case PostgresCommand.CreateLogicalSlot _, PostgresCommand.AskSlots _ ->
                    new Begun.Accepted();
            case PostgresCommand.CopyWithoutLeader() ->
                    throw new IllegalStateException("no member of the model has such a method");
            case PostgresCommand.Initdb() -> beginLong(Operation.Kind.INITDB, this::initdb);
            case PostgresCommand.Provision() ->
                    beginLong(Operation.Kind.PROVISION, this::provision);
            case PostgresCommand.StartAsPrimary() ->
                    beginLong(Operation.Kind.START_AS_PRIMARY, this::startAsPrimary);
            case PostgresCommand.StartAsStandby(Upstream upstream) ->
                    beginLong(Operation.Kind.START_AS_STANDBY, n -> startAsStandby(n, upstream));
            case PostgresCommand.CopySlots(_, Upstream upstream, _) ->
                    beginLong(Operation.Kind.START_AS_STANDBY, n -> startAsStandby(n, upstream));
            case PostgresCommand.Promote(Timeline timeline) ->
                    beginLong(Operation.Kind.PROMOTE, n -> promote(n, timeline));
            case PostgresCommand.Clone(MemberName source, _, _) ->
                    beginLong(Operation.Kind.CLONE, n -> copy(n, source));
            case PostgresCommand.WipeAndClone(MemberName source, _, _) ->
                    beginLong(
                            Operation.Kind.CLONE,
                            n -> {
                                judgeWipe();
                                instance.wipe();
                                copy(n, source);
                            });
            case PostgresCommand.Rewind(MemberName source, _) ->
                    beginLong(Operation.Kind.REWIND, n -> rewind(n, source));
        };
    }

    /// I9: no copy is given up unless it was allowed, or ordered, or holds nothing that everybody
    /// else lacks; and never the last good one. What is given up stays beside the new copy until
    /// that streams, so the source may turn out to be another one's by then.
    private void judgeWipe() {
        OrderBoard.Ticket ticket = agent.orders().latest();
        boolean ordered =
                ticket != null && ticket.isOpen() && ticket.order() instanceof Order.Reinitialize;
        boolean known = false;
        boolean copied = false;
        for (SimInstance other : world.instances()) {
            known |= other != instance && other.holdsAllOf(instance);
            copied |= other != instance && other.holdsCopyOf(instance);
        }
        if (!ordered && !known && !world.settings().removeOnRewindFailure()) {
            world.violation(
                    Violation.Kind.WIPED_WITHOUT_LEAVE, node.name() + " gives up " + instance);
        }
        if (!copied) {
            world.violation(Violation.Kind.LAST_COPY_WIPED, node.name() + " gives up " + instance);
        }
    }

    private interface Work {
        void begin(long number);
    }

    private Begun beginLong(Operation.Kind kind, Work work) {
        if (operation instanceof Operation.Running(Operation.Kind running, _, _)) {
            return running == kind
                    ? new Begun.Accepted()
                    : new Begun.Refused(running + " is running");
        }
        String refusal = refusal(kind);
        if (refusal != null) {
            return new Begun.Refused(refusal);
        }
        instance.hang().over();
        operation = new Operation.Running(kind, node.clock().now(), "");
        long number = ++operationNumber;
        work.begin(number);
        return new Begun.Accepted();
    }

    private @Nullable String refusal(Operation.Kind kind) {
        boolean down = instance.server() == Server.DOWN;
        boolean ready = instance.directory() == SimInstance.Directory.READY;
        return switch (kind) {
            case INITDB ->
                    instance.directory() == SimInstance.Directory.EMPTY
                            ? null
                            : "the data directory is not empty";
            case START_AS_PRIMARY, START_AS_STANDBY ->
                    !down ? "the server runs" : !ready ? "no usable data directory" : null;
            case PROMOTE ->
                    instance.server() == Server.STANDBY || instance.server() == Server.PROMOTING
                            ? null
                            : "not a running standby";
            case PROVISION -> instance.server() == Server.PRIMARY ? null : "not a primary";
            case CLONE, REWIND -> down ? null : "the server runs";
            case STOP -> null;
            case PRE_PROMOTE -> throw new IllegalStateException("never begins");
        };
    }

    private void initdb(long number) {
        finishAfter(
                number,
                Operation.Kind.INITDB,
                world.options().pace().copy() / 2,
                () -> {
                    instance.initialize();
                    return null;
                });
    }

    private void provision(long number) {
        finishAfter(
                number,
                Operation.Kind.PROVISION,
                100 * MILLI,
                () -> instance.server() == Server.PRIMARY ? null : "the server has gone");
    }

    private void startAsPrimary(long number) {
        boolean crashed = instance.startsFromCrash();
        long takes =
                world.options().pace().start()
                        + (crashed ? world.options().pace().crashRecovery() : 0);
        start(number, Operation.Kind.START_AS_PRIMARY, takes, instance::openAsPrimary);
    }

    private void startAsStandby(long number, @Nullable Upstream upstream) {
        instance.markStandby();
        long takes =
                world.options().pace().start()
                        + (instance.startsFromCrash() ? world.options().pace().crashRecovery() : 0);
        start(
                number,
                Operation.Kind.START_AS_STANDBY,
                takes,
                () -> instance.openAsStandby(upstream));
    }

    /// The postmaster starts by itself once launched; the agent only watches.
    private void start(long number, Operation.Kind kind, long takesNanos, Runnable open) {
        instance.launch();
        long life = instance.life();
        boolean fails = fails();
        afterOnDisk(
                kind,
                spread(takesNanos),
                () -> {
                    if (instance.life() != life || instance.server() != Server.STARTING) {
                        failed(number, kind, "the server has ended while starting");
                    } else if (fails) {
                        instance.crash();
                        failed(number, kind, "the server could not start");
                    } else {
                        open.run();
                        succeeded(number, kind);
                    }
                });
    }

    /// A promotion that takes too long is given up by the agent, not by the server.
    private void promote(long number, Timeline timeline) {
        boolean asked = instance.server() == Server.PROMOTING;
        instance.beginPromotion(timeline.id());
        node.machine()
                .after(
                        PROMOTION_PATIENCE,
                        () -> {
                            if (instance.server() == Server.PROMOTING) {
                                failed(
                                        number,
                                        Operation.Kind.PROMOTE,
                                        "the server has not left recovery");
                            }
                        });
        if (asked) {
            return;
        }
        long life = instance.life();
        afterOnDisk(
                Operation.Kind.PROMOTE,
                spread(world.options().pace().promote()),
                () -> {
                    boolean gone = instance.life() != life || instance.server() != Server.PROMOTING;
                    if (!gone) {
                        instance.completePromotion();
                    }
                    if (operation instanceof Operation.Running(Operation.Kind kind, _, _)
                            && kind == Operation.Kind.PROMOTE) {
                        if (gone) {
                            failed(operationNumber, kind, "the server has ended");
                        } else {
                            succeeded(operationNumber, kind);
                        }
                    }
                });
    }

    /// From the first byte on the directory is good for nothing until the copy is complete.
    private void copy(long number, MemberName sourceName) {
        Node source = world.node(sourceName);
        boolean fails = fails();
        long sourceLife = source.instance().life();
        Branch sourceBranch = source.instance().branch();
        boolean sends =
                source.instance().server() == Server.PRIMARY
                        || source.instance().server() == Server.STANDBY;
        if (!reaches(source) || !sends) {
            finishAfter(number, Operation.Kind.CLONE, 500 * MILLI, () -> "no connection");
            return;
        }
        instance.interrupted("clone");
        source.instance().checkpointAtOnce();
        finishAfter(
                number,
                Operation.Kind.CLONE,
                world.options().pace().copy(),
                () -> {
                    boolean same =
                            source.instance().life() == sourceLife
                                    && source.instance().branch() == sourceBranch;
                    if (fails || !same || !reaches(source)) {
                        return "the base backup broke off";
                    }
                    instance.becomeCloneOf(source.instance());
                    return null;
                });
    }

    private void rewind(long number, MemberName sourceName) {
        Node source = world.node(sourceName);
        boolean fails = fails();
        long sourceLife = source.instance().life();
        if (!reaches(source) || source.instance().server() != Server.PRIMARY) {
            finishAfter(number, Operation.Kind.REWIND, 500 * MILLI, () -> "no connection");
            return;
        }
        instance.recoverForRewind();
        if (!instance.needsRewind(source.instance())) {
            boolean whole = instance.directory() == SimInstance.Directory.READY;
            finishAfter(
                    number,
                    Operation.Kind.REWIND,
                    200 * MILLI,
                    () -> whole ? null : "half rewound, and pg_rewind finds nothing to do");
            return;
        }
        instance.interrupted("rewind");
        finishAfter(
                number,
                Operation.Kind.REWIND,
                world.options().pace().copy() / 2,
                () -> {
                    if (fails || source.instance().life() != sourceLife || !reaches(source)) {
                        return "pg_rewind broke off";
                    }
                    instance.rewindTo(source.instance());
                    return null;
                });
    }

    /// Something that writes: it waits for a disk that hangs.
    private void afterOnDisk(Operation.Kind kind, long nanos, Runnable action) {
        node.machine()
                .after(
                        nanos,
                        () -> {
                            if (instance.disk() == SimDisk.HANGING || instance.isStopped()) {
                                afterOnDisk(kind, DISK_RETRY, action);
                            } else {
                                instance.hang().end(node.machine(), kind.toString(), action);
                            }
                        });
    }

    private boolean reaches(Node source) {
        return world.network().isOpenBothWays(node.index(), source.index())
                && source.machine().isUp()
                && !source.machine().isFrozen();
    }

    private interface Ending {
        /// @return why it failed, or null.
        @Nullable String finish();
    }

    private void finishAfter(long number, Operation.Kind kind, long nanos, Ending ending) {
        node.machine()
                .after(
                        spread(nanos),
                        () -> {
                            // Before there is a cluster nobody waits for it; and whoever creates
                            // roles waits for an answer for some seconds only.
                            if (kind == Operation.Kind.INITDB || kind == Operation.Kind.PROVISION) {
                                finish(number, kind, ending);
                            } else if (number == operationNumber && !agent.process().isDead()) {
                                instance.hang()
                                        .end(
                                                node.machine(),
                                                kind.toString(),
                                                () -> finish(number, kind, ending));
                            }
                        });
    }

    private void finish(long number, Operation.Kind kind, Ending ending) {
        if (number != operationNumber || agent.process().isDead()) {
            return;
        }
        String failure = ending.finish();
        if (failure == null) {
            succeeded(number, kind);
        } else {
            failed(number, kind, failure);
        }
    }

    private Begun stop(StopMode mode) {
        boolean stopping =
                operation instanceof Operation.Running(Operation.Kind kind, _, _)
                        && kind == Operation.Kind.STOP;
        if (stopping && (stopIsHard || mode == StopMode.FAST)) {
            return new Begun.Accepted();
        }
        stopIsHard = mode == StopMode.IMMEDIATE;
        instance.hang().over();
        long number = ++operationNumber;
        operation = new Operation.Running(Operation.Kind.STOP, node.clock().now(), mode.toString());
        if (instance.server() == Server.DOWN) {
            succeeded(number, Operation.Kind.STOP);
        } else if (mode == StopMode.IMMEDIATE || instance.server() == Server.STARTING) {
            instance.quit(() -> {});
            node.machine()
                    .after(
                            1000 * MILLI,
                            () -> {
                                if (number == operationNumber) {
                                    instance.kill(() -> {});
                                }
                            });
            awaitDown(number);
        } else {
            instance.stopFast(() -> {});
            awaitDown(number);
        }
        return new Begun.Accepted();
    }

    private void awaitDown(long number) {
        if (number != operationNumber || agent.process().isDead()) {
            return;
        }
        if (instance.server() == Server.DOWN) {
            succeeded(number, Operation.Kind.STOP);
        } else {
            node.machine().after(20 * MILLI, () -> awaitDown(number));
        }
    }

    private void succeeded(long number, Operation.Kind kind) {
        if (number == operationNumber && !agent.process().isDead()) {
            world.trace().line(node.name(), "done", kind.toString());
            operation = new Operation.Succeeded(kind, node.clock().now());
            lastFailure = null;
            agent.wake();
        }
    }

    private void failed(long number, Operation.Kind kind, String reason) {
        if (number == operationNumber && !agent.process().isDead()) {
            world.trace().line(node.name(), "failed", kind + ": " + reason);
            Operation.Failed last = lastFailure;
            int attempt = last != null && last.kind() == kind ? last.attempt() + 1 : 1;
            Operation.Failed failure =
                    new Operation.Failed(kind, node.clock().now(), reason, attempt);
            operation = failure;
            lastFailure = failure;
            agent.wake();
        }
    }

    /// Who waits for a server sees at once that it has gone.
    void serverExited() {
        if (operation instanceof Operation.Running(Operation.Kind kind, _, _)
                && (kind == Operation.Kind.PROMOTE
                        || kind == Operation.Kind.START_AS_PRIMARY
                        || kind == Operation.Kind.START_AS_STANDBY)) {
            failed(operationNumber, kind, "the server has ended");
        }
    }

    private boolean fails() {
        return random.nextInt(1000) < world.weather().operationFails()
                || instance.disk() == SimDisk.FULL;
    }

    private long spread(long nanos) {
        return (nanos / 2 + random.nextLong(Math.max(1, nanos))) * instance.slowness();
    }
}
