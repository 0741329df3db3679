package io.tamada.agent.postgres;

import io.tamada.agent.hooks.CallbackWatch.Role;
import io.tamada.agent.hooks.Scripts;
import io.tamada.agent.postgres.BaseBackup.Existing;
import io.tamada.agent.postgres.DirectoryWatch.Freshness;
import io.tamada.agent.postgres.LiveConfiguration.Part;
import io.tamada.agent.postgres.ServerMonitor.ServerSight;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.member.MemberState;
import io.tamada.core.port.PostgresControl;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Headway;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ProbeBoard;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The local PostgreSQL instance on Linux. Nothing here blocks its caller: background threads
/// keep what {@link #observe} returns, and operations run on threads of their own.
public final class LinuxPostgresControl implements PostgresControl, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LinuxPostgresControl.class);

    private final PostgresSettings settings;
    private final Instance instance;
    private final OperationRunner operations;
    private final ServerCommands commands;
    private final SlotCommands slots;
    private final SlotCopies copies;
    private final StreamProbe streams;
    private final Runnable wake;
    private final ParameterCheck check;
    private final StorageProbe storage;
    private final Promotion.Bounds promotions;
    private volatile boolean leadsStandbyCluster;
    private final AtomicReference<StopMode> stopMode = new AtomicReference<>(StopMode.FAST);

    /// @param board receives every answer of the status query.
    /// @param wake called, by any thread, when something has changed that the loop should see.
    /// @param scripts the user's commands as they are now.
    /// @param restarting whether a restart of the server is ordered and not yet done.
    /// @param covered whether the lease lasts at this moment: asked right before a promotion.
    public LinuxPostgresControl(
            PostgresSettings settings,
            TimeSource time,
            ProbeBoard board,
            Runnable wake,
            Supplier<Scripts> scripts,
            BooleanSupplier restarting,
            BooleanSupplier covered) {
        this.settings = settings;
        this.wake = wake;
        this.promotions = new Promotion.Bounds(covered, new AtomicReference<>());
        StateDirectory state = new StateDirectory(settings.stateDirectory());
        this.check = new ParameterCheck(settings, state, "configuration-check");
        DirectoryWatch directory = new DirectoryWatch(settings, state);
        InstanceProcesses processes = new InstanceProcesses(settings.dataDirectory());
        Sessions sessions = new Sessions(settings);
        TimelineFiles timelines = new TimelineFiles(settings.dataDirectory());
        Odometer odometer = new Odometer();
        this.operations =
                new OperationRunner(time, odometer, this::operationEnding, this::operationEnded);
        ServerMonitor monitor =
                new ServerMonitor(
                        settings,
                        time,
                        board,
                        this::seen,
                        directory,
                        processes,
                        odometer,
                        sessions,
                        timelines,
                        this::memberState);
        this.instance =
                new Instance(
                        settings,
                        state,
                        directory,
                        processes,
                        monitor,
                        sessions,
                        new LiveConfiguration(settings, state, directory, scripts),
                        new OldDirectory(settings, state),
                        odometer,
                        scripts,
                        new Callbacks(scripts, settings.scope(), restarting));
        this.streams = new StreamProbe(instance);
        this.commands = new ServerCommands(instance);
        this.copies = new SlotCopies(instance, stopMode, wake);
        this.slots = new SlotCommands(instance, copies);
        this.storage =
                new StorageProbe(
                        time,
                        new InstanceStorage(settings.dataDirectory()),
                        this::mayProbeStorage,
                        StorageProbe.INTERVAL,
                        wake);
    }

    /// Not while a directory is made, copied or repaired, where a file of ours would be in the way,
    /// and not in one that may be another cluster's, which is left alone.
    private boolean mayProbeStorage() {
        Kind kind = operations.runningKind();
        return instance.directory().latest() instanceof DataDirectory.Ready(_, _, boolean knownHere)
                && knownHere
                && kind != Kind.INITDB
                && kind != Kind.CLONE
                && kind != Kind.REWIND;
    }

    /// Looks at what is there, adopts a server that runs, and begins to watch. Changes nothing
    /// but the remains of an initdb that was interrupted.
    ///
    /// @return why nothing was begun, with what to type; null when all is well.
    /// @throws IOException when the state directory cannot be made.
    public @Nullable String start() throws IOException {
        instance.state().create();
        String unclear = InitdbLeftovers.remove(settings, instance.state());
        if (unclear != null) {
            return unclear;
        }
        instance.directory().refresh(Freshness.EXACT);
        instance.monitor().start();
        storage.start();
        streams.start();
        return null;
    }

    /// The id of this installation, kept beside the data directory.
    public String identity() throws IOException {
        instance.state().create();
        return instance.state().identity();
    }

    /// The parameters that the server would not start with, each with its reason. Asks the
    /// server's own program, for some seconds at the worst; nothing is known without an instance.
    public SortedMap<String, String> refused(ClusterConfig.PostgresPart wanted) {
        if (!(instance.directory().latest() instanceof DataDirectory.Ready)) {
            return new TreeMap<>();
        }
        try {
            return check.refused(ServerParameters.of(settings, wanted, Map.of()).all());
        } catch (IOException failure) {
            LOG.warn("The configuration cannot be checked: {}", failure.getMessage());
            return new TreeMap<>();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new TreeMap<>();
        }
    }

    /// For those that fence.
    public InstanceProcesses processes() {
        return instance.processes();
    }

    /// Ends the background threads; PostgreSQL stays as it is.
    @Override
    public void close() {
        streams.close();
        instance.monitor().close();
        instance.callbacks().close();
        storage.close();
    }

    @Override
    public LocalPostgres observe() {
        return new LocalPostgres(
                instance.directory().latest(),
                instance.monitor().observe(),
                operations.observe(),
                storage.observe(),
                headway(),
                copies.known());
    }

    private Headway headway() {
        return new Headway(
                instance.odometer().count(),
                !instance.directory().isFollower(),
                instance.configuration().restores(),
                instance.monitor().isDown()
                        ? ServerStart.trouble(operations.observe())
                        : streams.trouble());
    }

    @Override
    public Begun begin(PostgresCommand command) {
        return switch (command) {
            case PostgresCommand.Initdb() ->
                    operations.begin(command, Kind.INITDB, new Initdb(instance)::run);
            case PostgresCommand.Provision() ->
                    operations.begin(command, Kind.PROVISION, new RoleProvision(instance)::run);
            case PostgresCommand.StartAsPrimary() ->
                    operations.begin(
                            command,
                            Kind.START_AS_PRIMARY,
                            new ServerStart(instance, Part.PRIMARY, null)::run);
            case PostgresCommand.StartAsStandby(var upstream) ->
                    operations.begin(
                            command,
                            Kind.START_AS_STANDBY,
                            new ServerStart(instance, Part.STANDBY, upstream)::run);
            case PostgresCommand.Stop(StopMode mode) -> stop(command, mode);
            case PostgresCommand.Promote(var timeline) ->
                    operations.begin(
                            command,
                            Kind.PROMOTE,
                            new Promotion(
                                            instance,
                                            timeline,
                                            promotions,
                                            slots::settle,
                                            () -> begin(new PostgresCommand.Checkpoint()))
                                    ::run);
            case PostgresCommand.Clone(var source, var upstream, var slotOn) ->
                    operations.begin(
                            command,
                            Kind.CLONE,
                            new BaseBackup(instance, source, upstream, slotOn, Existing.REFUSED)
                                    ::run);
            case PostgresCommand.CopyWithoutLeader() ->
                    operations.begin(command, Kind.CLONE, new LeaderlessCopy(instance)::run);
            case PostgresCommand.WipeAndClone(var source, var upstream, var slotOn) ->
                    operations.begin(
                            command,
                            Kind.CLONE,
                            new BaseBackup(instance, source, upstream, slotOn, Existing.MOVED_ASIDE)
                                    ::run);
            case PostgresCommand.Rewind(var source, var upstream) ->
                    operations.begin(
                            command, Kind.REWIND, new Rewind(instance, source, upstream)::run);
            case PostgresCommand.Follow follow -> commands.follow(follow);
            case PostgresCommand.SetSynchronousStandbys(var names, var gate) -> {
                instance.configuration().synchronize(names, gate);
                yield commands.synchronize();
            }
            case PostgresCommand.Checkpoint() -> commands.checkpoint();
            case PostgresCommand.CreateSlot slot -> slots.create(slot);
            case PostgresCommand.DropSlot slot -> slots.drop(slot);
            case PostgresCommand.CreateLogicalSlot slot -> slots.createLogical(slot);
            case PostgresCommand.AdvanceSlots positions -> slots.advance(positions);
            case PostgresCommand.CopySlots copy ->
                    operations.begin(
                            command,
                            Kind.START_AS_STANDBY,
                            operation -> copies.copy(operation, copy));
            case PostgresCommand.AskSlots(var leader) -> copies.ask(leader);
        };
    }

    private Begun stop(PostgresCommand command, StopMode mode) {
        synchronized (stopMode) {
            if (!operations.isStopping() || mode == StopMode.IMMEDIATE) {
                stopMode.set(mode);
            }
            return operations.begin(command, Kind.STOP, new ServerStop(instance, stopMode)::run);
        }
    }

    @Override
    public void configure(ClusterConfig config) {
        if (instance.configuration().accept(config)) {
            commands.configure();
        }
    }

    private void operationEnding() {
        // A stop has ended also where the disk hangs.
        instance.directory().refreshWithin(Freshness.EXACT, DirectoryWatch.PATIENCE);
    }

    private void operationEnded() {
        instance.monitor().poke();
        wake.run();
    }

    /// Whether this member leads a standby cluster, of which the server itself knows nothing.
    public void leadsStandbyCluster(boolean leads) {
        if (leads || leadsStandbyCluster) {
            leadsStandbyCluster = leads;
            // Not here: the loop must not wait for the disk.
            commands.later("role", () -> callBack(instance.monitor().status()));
        }
    }

    /// The lease was given away because the server cannot be started.
    public void handedOver() {
        commands.later("role", instance.callbacks()::handedOver);
    }

    private void callBack(@Nullable ServerStatus status) {
        if (status == null || instance.state().isBootstrapPending()) {
            return;
        }
        Role standby = leadsStandbyCluster ? Role.STANDBY_LEADER : Role.REPLICA;
        instance.callbacks()
                .answers(status.postmasterStart(), status.inRecovery() ? standby : Role.PRIMARY);
    }

    /// After each change that the monitor sees.
    private void seen() {
        wake.run();
        ServerStatus status = instance.monitor().status();
        callBack(status);
        if (status != null && status.streaming()) {
            commands.later("membership", () -> rememberStreaming(status));
        }
        if (status != null && !status.inRecovery()) {
            // Promoted by hand, or adopted.
            commands.later("leading", this::rememberLeading);
        }
    }

    /// A standby that streams from where we have pointed it is a member of this cluster.
    private void rememberStreaming(ServerStatus status) {
        try {
            Kind kind = operations.runningKind();
            boolean staysStandby = kind == null || kind == Kind.START_AS_STANDBY;
            if (staysStandby
                    && status.upstream() != null
                    && status.upstream().equals(instance.configuration().upstream())) {
                Membership.remember(instance);
                instance.state().follower();
                instance.old().letGo();
            }
        } catch (IOException failure) {
            LOG.warn("The agent's records of the instance cannot be written", failure);
        }
    }

    private void rememberLeading() {
        try {
            instance.state().noFollower();
        } catch (IOException failure) {
            LOG.warn("The agent's records of the instance cannot be written", failure);
        }
    }

    private MemberState memberState(ServerSight sight) {
        Kind kind = operations.runningKind();
        if (kind != null) {
            switch (kind) {
                case INITDB -> {
                    return MemberState.INITIALIZING;
                }
                case CLONE -> {
                    return MemberState.CREATING_REPLICA;
                }
                case STOP -> {
                    return sight == ServerSight.ABSENT ? MemberState.STOPPED : MemberState.STOPPING;
                }
                case PROVISION,
                        START_AS_PRIMARY,
                        START_AS_STANDBY,
                        PROMOTE,
                        PRE_PROMOTE,
                        REWIND -> {
                    // The process itself says it best.
                }
            }
        }
        return switch (sight) {
            case RUNNING -> MemberState.RUNNING;
            case STARTING -> MemberState.STARTING;
            case STOPPING -> MemberState.STOPPING;
            case CRASHED -> MemberState.CRASHED;
            case ABSENT -> absent(operations.observe());
        };
    }

    private static MemberState absent(Operation last) {
        if (last instanceof Operation.Failed failed) {
            return switch (failed.kind()) {
                case INITDB -> MemberState.INITDB_FAILED;
                case START_AS_PRIMARY, START_AS_STANDBY -> MemberState.START_FAILED;
                case PROVISION, STOP, PROMOTE, PRE_PROMOTE, CLONE, REWIND -> MemberState.STOPPED;
            };
        }
        return MemberState.STOPPED;
    }
}
