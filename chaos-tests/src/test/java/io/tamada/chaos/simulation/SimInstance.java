package io.tamada.chaos.simulation;

import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Headway;
import io.tamada.core.postgres.Headway.Trouble;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.slot.SlotName;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL instance: its directory and its server. Both outlive the agent.
///
/// WAL is a position on a {@link Branch}. A commit is acknowledged once it is flushed; standbys
/// are sent only what is flushed; so a crash loses nothing that anybody else has seen.
final class SimInstance {

    enum Server {
        DOWN,
        STARTING,
        STANDBY,
        PROMOTING,
        PRIMARY,
        STOPPING
    }

    enum Directory {
        EMPTY,
        INTERRUPTED,
        READY
    }

    private static final long FIRST_LSN = 0x0150_0000;
    private static final long CHECKPOINT_RECORD_BYTES = 120;
    private static final long SEGMENT_BYTES = 16 << 20;

    /// Now and then there is much to write.
    private static final int ONE_CHECKPOINT_IN = 3;

    private static final long LONG_CHECKPOINT_NANOS = 12_000_000_000L;
    private static final long ONE_STANDBY_IN = 97;
    private static final String GONE = "the WAL has been removed";
    private static final long FLUSH_RETRY_NANOS = 50_000_000;
    private static final int SERVER_VERSION = 170_000;

    final int node;
    final MemberName name;
    private final String slotName;
    private final World world;
    private final Machine machine;
    private final SplittableRandom random;

    private Directory directory = Directory.EMPTY;
    private String interruptedOperation = "";
    private @Nullable SystemIdentifier system;
    private ControlState controlState = ControlState.SHUT_DOWN;
    private Branch branch;
    private Branch checkpointBranch;
    private long checkpointLsn;
    private long minRecoveryLsn;
    private long writtenLsn;
    private long flushedLsn;
    private boolean standbySignal;
    private boolean knownHere;

    /// Whether a server was a primary here since the directory was copied, rewound or last
    /// streamed.
    private boolean hasLed;

    /// Whether no upstream has the WAL any more that comes next here.
    private boolean walIsGone;

    /// Physical ones, each with the position from which on it keeps WAL.
    private final TreeMap<String, Long> slots = new TreeMap<>();

    private Server server = Server.DOWN;
    private boolean stoppingAsPrimary;
    private boolean dying;
    private boolean checkpointing;
    private boolean processesStopped;
    private boolean killPending;
    private SimDisk disk = SimDisk.FINE;
    private long diskChangedAtNanos;
    private final Hang hang;
    private int slowness = 1;
    private long serverLife;
    private long changedAtNanos;
    private long startedAtNanos;
    private long primaryBegunAtNanos;
    private int claimedTimeline;
    private List<SimInstance> followersAtStop = List.of();
    private final WalReceiver receiver;
    private final SimSynchronous synchronous;
    private final List<Runnable> changeListeners = new ArrayList<>();
    private Runnable exitListener = () -> {};

    SimInstance(int node, MemberName name, World world, Machine machine, SplittableRandom random) {
        this.node = node;
        this.name = name;
        this.slotName = SlotName.of(name);
        this.world = world;
        this.machine = machine;
        this.random = random;
        this.hang = new Hang(world, name.value());
        this.receiver = new WalReceiver(this, world, random.split());
        this.synchronous = new SimSynchronous(this, world, random.split());
        this.branch = new Branch(1, null, 0, node);
        this.checkpointBranch = branch;
    }

    // What others see.

    Server server() {
        return server;
    }

    Directory directory() {
        return directory;
    }

    Machine machine() {
        return machine;
    }

    Branch branch() {
        return branch;
    }

    long flushedLsn() {
        return flushedLsn;
    }

    long life() {
        return serverLife;
    }

    long changedAtNanos() {
        return changedAtNanos;
    }

    /// When it was last told to become a primary.
    long primaryBegunAtNanos() {
        return primaryBegunAtNanos;
    }

    boolean isRunning() {
        return server != Server.DOWN;
    }

    /// As the agent sees it from outside: a process is there, and nothing says it is a standby.
    boolean mayBePrimary() {
        return server == Server.PRIMARY
                || server == Server.PROMOTING
                || (server == Server.STARTING && !standbySignal);
    }

    boolean isAnswering() {
        return !processesStopped
                && (server == Server.STANDBY
                        || server == Server.PRIMARY
                        || server == Server.PROMOTING);
    }

    /// Whether a client that is connected now can have a write acknowledged.
    boolean acceptsWrites() {
        return server == Server.PRIMARY
                && machine.isUp()
                && !machine.isFrozen()
                && !processesStopped
                && disk == SimDisk.FINE;
    }

    /// Whether the gate lets clients in as well.
    boolean admitsClients() {
        return acceptsWrites() && synchronous.gate() == ClientGate.OPEN;
    }

    SimSynchronous synchronous() {
        return synchronous;
    }

    void gateOpened() {
        for (Runnable listener : changeListeners) {
            listener.run();
        }
    }

    boolean checkpointAfterPromote() {
        return checkpointBranch == branch;
    }

    /// Whether it has a whole directory of the same system.
    boolean holdsCopyOf(SimInstance other) {
        return directory == Directory.READY && system != null && system.equals(other.system);
    }

    /// Whether the other's WAL is a beginning of its own.
    boolean holdsAllOf(SimInstance other) {
        return holdsCopyOf(other)
                && branch.includes(other.branch, other.flushedLsn)
                && flushedLsn >= other.flushedLsn;
    }

    boolean isStreamingFrom(SimInstance other) {
        return server == Server.STANDBY && receiver.isConnectedTo(other) && branch == other.branch;
    }

    void onExit(Runnable listener) {
        exitListener = listener;
    }

    /// Called after every change of the server's state.
    void onChange(Runnable listener) {
        changeListeners.add(listener);
    }

    DataDirectory asDataDirectory() {
        SystemIdentifier id = system;
        if (directory == Directory.EMPTY || id == null) {
            return new DataDirectory.Empty();
        }
        if (directory == Directory.INTERRUPTED) {
            return new DataDirectory.Interrupted(interruptedOperation);
        }
        boolean hasMinimum = minRecoveryLsn > 0;
        ControlData control =
                new ControlData(
                        id,
                        controlState,
                        checkpointBranch.timeline(),
                        new Lsn(checkpointLsn),
                        hasMinimum ? new Lsn(minRecoveryLsn) : null,
                        hasMinimum ? branch.timeline() : null);
        return new DataDirectory.Ready(control, standbySignal, knownHere);
    }

    Agent.@Nullable Health health() {
        return isAnswering()
                ? new Agent.Health(server != Server.PRIMARY, branch.timeline(), new Lsn(flushedLsn))
                : null;
    }

    ServerStatus status(Monotonic askedAt) {
        boolean primary = server == Server.PRIMARY;
        List<ServerStatus.SlotState> slotStates = new ArrayList<>();
        List<ServerStatus.ReplicationConnection> replication = new ArrayList<>();
        for (SimInstance follower : followers()) {
            replication.add(
                    new ServerStatus.ReplicationConnection(
                            follower.name.value(),
                            "replicator",
                            Node.host(follower.node),
                            "streaming",
                            "async",
                            synchronous.priorityOf(follower),
                            new Lsn(flushedLsn),
                            new Lsn(follower.flushedLsn),
                            new Lsn(follower.flushedLsn),
                            new Lsn(follower.flushedLsn),
                            ServerStatus.Lag.UNKNOWN));
        }
        for (SimInstance follower : followers()) {
            slots.computeIfPresent(
                    follower.slotName, (_, kept) -> Math.max(kept, follower.flushedLsn));
        }
        slots.forEach(
                (slot, kept) -> {
                    boolean active = false;
                    for (SimInstance follower : followers()) {
                        active |= follower.slotName.equals(slot);
                    }
                    slotStates.add(new ServerStatus.SlotState(slot, true, active, new Lsn(kept)));
                });
        Lsn position = new Lsn(flushedLsn);
        return new ServerStatus(
                askedAt,
                !primary,
                branch.timeline(),
                primary ? position : null,
                primary ? null : position,
                primary ? null : position,
                false,
                null,
                receiver.isConnected(),
                branch.history(),
                checkpointAfterPromote(),
                receiver.upstream(),
                slotStates,
                replication,
                false,
                SERVER_VERSION,
                Trace.seconds(startedAtNanos),
                synchronous.status());
    }

    List<SimInstance> followers() {
        List<SimInstance> found = new ArrayList<>();
        for (SimInstance other : world.instances()) {
            if (other != this && other.receiver.isConnectedTo(this)) {
                found.add(other);
            }
        }
        return found;
    }

    /// Who was connected when it was last told to stop.
    List<SimInstance> followersAtStop() {
        return followersAtStop;
    }

    // What happens to it.

    /// SIGSTOP to every process of the server, or SIGCONT.
    void stopProcesses(boolean stopped) {
        processesStopped = stopped && isRunning();
        changed();
    }

    void changeDisk(SimDisk now) {
        disk = now;
        diskChangedAtNanos = world.nowNanos();
        if (disk == SimDisk.FULL && server == Server.PRIMARY) {
            long life = serverLife;
            machine.after(
                    random.nextLong(3_000_000_000L),
                    () -> {
                        if (life == serverLife && disk == SimDisk.FULL) {
                            crash();
                        }
                    });
        }
        if (disk != SimDisk.HANGING && killPending) {
            crash();
        }
        changed();
    }

    /// Whether its processes have been killed and wait for their disk to die.
    boolean isKillPending() {
        return killPending;
    }

    Hang hang() {
        return hang;
    }

    void slowDown(int times) {
        slowness = times;
    }

    int slowness() {
        return slowness;
    }

    void mend() {
        hang.strikeNext(0);
        slowDown(1);
        changeDisk(SimDisk.FINE);
        stopProcesses(false);
    }

    /// Whether its processes get no processor time.
    boolean isStopped() {
        return processesStopped;
    }

    SimDisk disk() {
        return disk;
    }

    long diskChangedAtNanos() {
        return diskChangedAtNanos;
    }

    // What clients do.

    /// Commits a transaction; `acknowledged` runs when the client would be told so.
    void write(int transaction, Runnable acknowledged) {
        if (!acceptsWrites()) {
            return;
        }
        writtenLsn += 64 + random.nextLong(4000);
        long end = writtenLsn;
        branch.commit(end, transaction);
        long life = serverLife;
        long flushNanos = 300_000 + random.nextLong(3_000_000);
        flush(flushNanos, life, end, acknowledged);
    }

    private void flush(long nanos, long life, long end, Runnable acknowledged) {
        machine.after(
                nanos,
                () -> {
                    if (life == serverLife && server == Server.PRIMARY) {
                        if (processesStopped || disk != SimDisk.FINE) {
                            flush(FLUSH_RETRY_NANOS, life, end, acknowledged);
                            return;
                        }
                        flushedLsn = Math.max(flushedLsn, end);
                        synchronous.commit(end, acknowledged);
                        tellFollowers();
                    }
                });
    }

    // What the agent's commands do, in the end.

    void initialize() {
        directory = Directory.READY;
        long number = 7_000_000_000_000_000_000L + random.nextLong(1_000_000_000);
        system = new SystemIdentifier(Long.toString(number));
        branch = new Branch(1, null, 0, node);
        world.timelines().created(branch);
        flushedLsn = FIRST_LSN;
        writtenLsn = FIRST_LSN;
        checkpointBranch = branch;
        checkpointLsn = FIRST_LSN - CHECKPOINT_RECORD_BYTES;
        minRecoveryLsn = 0;
        controlState = ControlState.SHUT_DOWN;
        standbySignal = false;
        knownHere = true;
        hasLed = true;
        slots.clear();
    }

    /// Half a copy, or half a rewind, is no data either.
    boolean hasNoData() {
        return directory != Directory.READY;
    }

    void wipe() {
        directory = Directory.EMPTY;
        slots.clear();
        system = null;
    }

    void interrupted(String operation) {
        directory = Directory.INTERRUPTED;
        interruptedOperation = operation;
        SystemIdentifier known = system;
        if (known == null) {
            system = new SystemIdentifier("1111111111");
        }
    }

    /// The copy ends with all that the source has flushed by now.
    void becomeCloneOf(SimInstance other) {
        directory = Directory.READY;
        system = other.system;
        takeWalOf(other);
        controlState =
                other.server == Server.PRIMARY
                        ? ControlState.IN_PRODUCTION
                        : ControlState.IN_ARCHIVE_RECOVERY;
        minRecoveryLsn = other.server == Server.PRIMARY ? 0 : other.flushedLsn;
        standbySignal = true;
        knownHere = true;
        hasLed = false;
        walIsGone = false;
        slots.clear();
    }

    /// What pg_rewind does first: it recovers a target that has crashed, in single-user mode, so
    /// that its control file tells where its WAL ends.
    void recoverForRewind() {
        if (startsFromCrash()) {
            checkpointLsn = flushedLsn;
            flushedLsn += CHECKPOINT_RECORD_BYTES;
            writtenLsn = flushedLsn;
            if (branch.owner != node) {
                branch = new Branch(branch.number, branch, checkpointLsn, node);
            }
            checkpointBranch = branch;
            minRecoveryLsn = 0;
            controlState = ControlState.SHUT_DOWN;
        }
    }

    /// What pg_rewind would say: it believes the source's control file, so that a source that has
    /// not yet completed a checkpoint after its promotion looks as if it were on its old
    /// timeline.
    boolean needsRewind(SimInstance other) {
        return other.checkpointBranch.number != branch.number
                && !other.branch.includes(branch, flushedLsn);
    }

    void rewindTo(SimInstance other) {
        directory = Directory.READY;
        takeWalOf(other);
        controlState = ControlState.IN_ARCHIVE_RECOVERY;
        minRecoveryLsn = other.flushedLsn;
        standbySignal = true;
        hasLed = false;
        walIsGone = false;
        slots.clear();
    }

    private void takeWalOf(SimInstance other) {
        branch = other.branch;
        flushedLsn = other.flushedLsn;
        writtenLsn = flushedLsn;
        checkpointBranch = other.checkpointBranch;
        checkpointLsn = other.checkpointLsn;
    }

    void launch() {
        if (!standbySignal) {
            primaryBegunAtNanos = world.nowNanos();
        }
        change(Server.STARTING);
        serverLife++;
        startedAtNanos = world.nowNanos();
        dying = false;
        checkpointing = false;
    }

    /// A start without `standby.signal` has ended: the server goes on where it was.
    void openAsPrimary() {
        standbySignal = false;
        if (controlState != ControlState.SHUT_DOWN) {
            branch.truncate(flushedLsn);
        }
        boolean own = branch.owner == node;
        if (!own || !wasPrimary()) {
            branch = new Branch(branch.number, branch, flushedLsn, node);
            world.timelines().created(branch);
        }
        writtenLsn = flushedLsn;
        becomePrimary();
        synchronous.startedAsPrimary();
        completeCheckpoint();
    }

    /// `standby.signal` is there before the server starts.
    void markStandby() {
        standbySignal = true;
    }

    boolean startsFromCrash() {
        return controlState != ControlState.SHUT_DOWN
                && controlState != ControlState.SHUT_DOWN_IN_RECOVERY;
    }

    void openAsStandby(@Nullable Upstream from) {
        standbySignal = true;
        knownHere = true;
        branch.truncate(branch.owner == node ? flushedLsn : Long.MAX_VALUE);
        writtenLsn = flushedLsn;
        controlState = ControlState.IN_ARCHIVE_RECOVERY;
        minRecoveryLsn = Math.max(minRecoveryLsn, checkpointLsn);
        synchronous.startedAsStandby();
        change(Server.STANDBY);
        receiver.follow(from);
    }

    /// @param claimed the least number that the new timeline may have: those before it are made
    ///     known to the server as taken.
    void beginPromotion(int claimed) {
        claimedTimeline = claimed;
        if (server == Server.PROMOTING) {
            return;
        }
        receiver.stop();
        primaryBegunAtNanos = world.nowNanos();
        change(Server.PROMOTING);
    }

    void completePromotion() {
        branch = new Branch(Math.max(branch.number + 1, claimedTimeline), branch, flushedLsn, node);
        world.timelines().created(branch);
        writtenLsn = flushedLsn;
        standbySignal = false;
        becomePrimary();
        long life = serverLife;
        machine.after(
                Duration.ofSeconds(1).toNanos() + random.nextLong(15_000_000_000L),
                () -> checkpointIfStill(life));
    }

    /// Whether its checkpointer is at one that hears of no change of the configuration.
    boolean isCheckpointing() {
        return checkpointing;
    }

    private void becomePrimary() {
        receiver.stop();
        hasLed = true;
        minRecoveryLsn = 0;
        controlState = ControlState.IN_PRODUCTION;
        knownHere = true;
        change(Server.PRIMARY);
        tellFollowers();
    }

    /// At once. The checkpointer may have more to do, and hears of nothing, for longer than it
    /// takes until the control file tells of it.
    void checkpoint() {
        long life = serverLife;
        machine.after(
                50_000_000 + random.nextLong(450_000_000),
                () -> hang.end(machine, "CHECKPOINT", () -> checkpointIfStill(life)));
        if (!checkpointing) {
            checkpointing = true;
            long nanos =
                    random.nextInt(ONE_CHECKPOINT_IN) == 0
                            ? random.nextLong(LONG_CHECKPOINT_NANOS)
                            : 500_000_000;
            machine.after(nanos, () -> endCheckpoint(life));
        }
    }

    private void endCheckpoint(long life) {
        if (life == serverLife) {
            checkpointing = false;
            synchronous.checkpointEnded();
        }
    }

    private void checkpointIfStill(long life) {
        if (life == serverLife && server == Server.PRIMARY) {
            completeCheckpoint();
        } else if (life == serverLife && server == Server.STANDBY) {
            minRecoveryLsn = Math.max(minRecoveryLsn, flushedLsn);
        }
    }

    /// What a base backup asks of a primary before it copies anything.
    void checkpointAtOnce() {
        if (server == Server.PRIMARY) {
            completeCheckpoint();
        }
    }

    private void completeCheckpoint() {
        checkpointLsn = writtenLsn;
        writtenLsn += CHECKPOINT_RECORD_BYTES;
        flushedLsn = writtenLsn;
        checkpointBranch = branch;
        tellFollowers();
    }

    void follow(@Nullable Upstream target) {
        if (server == Server.STANDBY) {
            receiver.follow(target);
        }
    }

    void createSlot(String slot) {
        slots.putIfAbsent(slot, flushedLsn);
    }

    /// Moves slots that nobody uses here to where others say that they are; never back.
    void advanceSlots(SortedMap<String, Lsn> positions) {
        positions.forEach(
                (slot, position) ->
                        slots.computeIfPresent(
                                slot,
                                (_, kept) ->
                                        Math.max(kept, Math.min(position.value(), flushedLsn))));
    }

    boolean hasSlot(String slot) {
        return slots.containsKey(slot);
    }

    /// Whether a slot here keeps what this standby needs next.
    private boolean keepsWalFor(SimInstance standby) {
        Long kept = slots.get(standby.slotName);
        return kept != null && kept <= standby.flushedLsn;
    }

    void dropSlot(String slot) {
        slots.remove(slot);
    }

    /// SIGINT. Sessions end, the shutdown checkpoint is written, and the server waits for its
    /// connected standbys to have all of it, as long as it believes them connected.
    void stopFast(Runnable ended) {
        if (server == Server.STOPPING || server == Server.DOWN) {
            return;
        }
        stoppingAsPrimary = server == Server.PRIMARY;
        followersAtStop = followers();
        boolean standby = server == Server.STANDBY || server == Server.PROMOTING;
        receiver.stop();
        change(Server.STOPPING);
        finishStop(standby, ended);
    }

    private void finishStop(boolean standby, Runnable ended) {
        long life = serverLife;
        machine.after(
                world.options().pace().stop() / 2 + random.nextLong(world.options().pace().stop()),
                () -> {
                    if (life != serverLife || server != Server.STOPPING) {
                        return;
                    }
                    if (processesStopped || disk == SimDisk.HANGING) {
                        finishStop(standby, ended);
                        return;
                    }
                    hang.end(machine, "STOP", () -> completeStop(life, standby, ended));
                });
    }

    private void completeStop(long life, boolean standby, Runnable ended) {
        if (life != serverLife || server != Server.STOPPING) {
            return;
        }
        if (stoppingAsPrimary) {
            completeCheckpoint();
            awaitStandbys(life, ended);
            return;
        }
        if (standby) {
            controlState = ControlState.SHUT_DOWN_IN_RECOVERY;
            minRecoveryLsn = Math.max(minRecoveryLsn, flushedLsn);
        }
        end(ended);
    }

    private void awaitStandbys(long life, Runnable ended) {
        if (life != serverLife || server != Server.STOPPING) {
            return;
        }
        long patience = world.options().pace().walSenderTimeout();
        boolean all = true;
        for (SimInstance follower : sendsWal() ? followers() : List.<SimInstance>of()) {
            boolean given = follower.flushedLsn >= flushedLsn && follower.branch == branch;
            boolean silent = follower.receiver.silenceNanos() > patience;
            all &= given || silent;
        }
        if (all) {
            controlState = ControlState.SHUT_DOWN;
            end(ended);
        } else {
            machine.after(20_000_000, () -> awaitStandbys(life, ended));
        }
    }

    /// SIGQUIT: until it has reached every backend, one of them may still acknowledge a write.
    void quit(Runnable ended) {
        if (server == Server.DOWN) {
            ended.run();
            return;
        }
        if (dying
                || processesStopped
                || disk == SimDisk.HANGING
                || random.nextInt(1000) < world.weather().quitIgnored()) {
            return;
        }
        dying = true;
        long life = serverLife;
        machine.after(
                2_000_000 + random.nextLong(30_000_000),
                () -> {
                    if (life == serverLife) {
                        crash();
                        ended.run();
                    }
                });
    }

    /// SIGKILL to every process of the instance.
    void kill(Runnable ended) {
        long life = serverLife;
        machine.after(
                500_000 + random.nextLong(8_000_000),
                () -> {
                    if (life == serverLife && server != Server.DOWN) {
                        if (disk == SimDisk.HANGING) {
                            killPending = true;
                        } else {
                            crash();
                        }
                    }
                    ended.run();
                });
    }

    /// The server is gone, whatever it was doing.
    void crash() {
        if (server == Server.DOWN) {
            return;
        }
        if (controlState == ControlState.IN_ARCHIVE_RECOVERY) {
            long unknown = Math.max(0, flushedLsn - Math.max(minRecoveryLsn, checkpointLsn));
            minRecoveryLsn = flushedLsn - (unknown == 0 ? 0 : random.nextLong(unknown + 1));
        } else if (branch.owner == node) {
            branch.truncate(flushedLsn);
        }
        writtenLsn = flushedLsn;
        end(() -> {});
    }

    private void end(Runnable ended) {
        receiver.stop();
        synchronous.ended();
        change(Server.DOWN);
        serverLife++;
        hang.over();
        dying = false;
        processesStopped = false;
        killPending = false;
        ended.run();
        exitListener.run();
    }

    private boolean wasPrimary() {
        return switch (controlState) {
            case SHUT_DOWN, SHUTTING_DOWN, IN_CRASH_RECOVERY, IN_PRODUCTION -> true;
            case STARTING_UP, SHUT_DOWN_IN_RECOVERY, IN_ARCHIVE_RECOVERY -> false;
        };
    }

    private void change(Server next) {
        world.trace()
                .line(
                        name.value(),
                        "server",
                        server + " -> " + next + " on " + branch + " at " + new Lsn(flushedLsn));
        server = next;
        changedAtNanos = world.nowNanos();
        if (!sendsWal()) {
            tellFollowers();
        }
        changed();
    }

    private void changed() {
        world.touch();
        for (Runnable listener : changeListeners) {
            listener.run();
        }
    }

    // What its WAL receiver does, and those of its standbys.

    private void tellFollowers() {
        for (SimInstance follower : followers()) {
            follower.receiver.expectNews();
        }
    }

    boolean sendsWal() {
        return server == Server.PRIMARY
                || server == Server.STANDBY
                || (server == Server.STOPPING
                        && stoppingAsPrimary
                        && world.mutation() != Mutation.STANDBYS_NOT_AWAITED);
    }

    /// Whether a standby of this system could connect to it, were there a way.
    boolean admits(SimInstance standby) {
        return standby != this
                && machine.isUp()
                && !machine.isFrozen()
                && !processesStopped
                && (server == Server.PRIMARY || server == Server.STANDBY)
                && system != null
                && system.equals(standby.system);
    }

    /// Takes what the upstream has, by PostgreSQL's own rules: numbers of timelines and
    /// positions are all it compares.
    ///
    /// @return why the upstream does not send, or null.
    @Nullable String takeWalFrom(SimInstance from) {
        if (from.branch.number < branch.number) {
            return "the upstream is on an older timeline";
        }
        boolean same = from.branch.number == branch.number;
        long limit = same ? from.flushedLsn : from.branch.endOfAncestor(branch.number);
        if (limit < flushedLsn) {
            return "own WAL is ahead of " + (same ? "the upstream" : "the fork");
        }
        if (!from.branch.includes(branch, flushedLsn)) {
            world.violation(
                    Violation.Kind.SILENT_DIVERGENCE,
                    name + " on " + branch + " streams from " + from.name + " on " + from.branch);
            return null;
        }
        hasLed = false;
        if (branch == from.branch && flushedLsn == from.flushedLsn) {
            return null;
        }
        if (walIsGone) {
            return GONE;
        }
        branch = from.branch;
        flushedLsn = from.flushedLsn;
        writtenLsn = flushedLsn;
        if (flushedLsn - checkpointLsn > SEGMENT_BYTES) {
            checkpointLsn = Math.min(flushedLsn, from.checkpointLsn);
            checkpointBranch = from.checkpointBranch;
        }
        if (checkpointBranch != from.checkpointBranch && flushedLsn >= from.checkpointLsn) {
            checkpointBranch = from.checkpointBranch;
            checkpointLsn = from.checkpointLsn;
        }
        from.synchronous.release();
        tellFollowers();
        return null;
    }

    /// Replays WAL that it has fetched from the archive.
    void takeArchived(Branch line, long upToLsn) {
        world.trace().line(name.value(), "restores", line + " up to " + new Lsn(upToLsn));
        branch = line;
        flushedLsn = upToLsn;
        writtenLsn = upToLsn;
        walIsGone = false;
        tellFollowers();
    }

    /// Now and then an upstream has removed WAL before its standby came for it; not where a slot
    /// keeps it, nor before one that commits wait for: in strict mode an operator would have to
    /// help.
    void loseWalMaybe(SimInstance from) {
        long chance = world.nowNanos() / 1_000_000 + name.value().hashCode();
        walIsGone |=
                from.server == Server.PRIMARY
                        && flushedLsn < from.flushedLsn
                        && !from.synchronous.waitsFor(this)
                        && !from.keepsWalFor(this)
                        && chance % ONE_STANDBY_IN == 0;
    }

    Headway headway() {
        boolean thirsty = server == Server.STANDBY && !receiver.isConnected();
        return new Headway(
                hang.odometer(),
                hasLed,
                world.archive().exists(),
                thirsty && walIsGone ? new Trouble(Trouble.Kind.WAL_REMOVED, GONE) : null);
    }

    /// For people.
    @Override
    public String toString() {
        Timeline timeline = branch.timeline();
        return name + " " + server + " tl " + timeline + " " + new Lsn(flushedLsn);
    }
}
