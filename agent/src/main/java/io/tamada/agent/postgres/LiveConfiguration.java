package io.tamada.agent.postgres;

import io.tamada.agent.hooks.Scripts;
import io.tamada.agent.hooks.Scripts.CustomBootstrap;
import io.tamada.agent.hooks.Scripts.ReplicaMethod;
import io.tamada.agent.postgres.ConfigurationFiles.Recovery;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterConfig.PostgresPart;
import io.tamada.core.cluster.RemoteSource;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.StandbyNames;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.slot.SlotName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The configuration in force: the dynamic part, whom the server follows, and the files that say
/// so.
final class LiveConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(LiveConfiguration.class);

    /// What the server is to be.
    enum Part {
        PRIMARY,
        STANDBY
    }

    private final ConfigurationFiles files;
    private final ParameterCheck check;
    private final PostgresSettings settings;
    private final DirectoryWatch directory;
    private final StateDirectory state;
    private final Supplier<Scripts> scripts;
    private volatile PostgresPart dynamic = ClusterConfig.DEFAULTS.postgres();
    private volatile ClusterConfig.Synchronous synchronous = ClusterConfig.Synchronous.OFF;
    private volatile @Nullable RemoteSource remote;
    private volatile boolean feedback;
    private @Nullable SynchronousFile chosen;
    private boolean adopted;
    private volatile @Nullable Upstream upstream;
    private List<String> told = List.of();

    LiveConfiguration(
            PostgresSettings settings,
            StateDirectory state,
            DirectoryWatch directory,
            Supplier<Scripts> scripts) {
        this.state = state;
        this.scripts = scripts;
        this.settings = settings;
        this.directory = directory;
        this.files = new ConfigurationFiles(settings);
        this.check = new ParameterCheck(settings, state, "parameter-check");
    }

    /// Whether anything that concerns the server has changed.
    boolean accept(ClusterConfig fresh) {
        boolean changed =
                !fresh.postgres().equals(dynamic)
                        || !fresh.synchronous().equals(synchronous)
                        || !Objects.equals(fresh.remote(), remote)
                        || fresh.slots().feedback() != feedback;
        feedback = fresh.slots().feedback();
        remote = fresh.remote();
        dynamic = fresh.postgres();
        synchronous = fresh.synchronous();
        return changed;
    }

    /// Chooses what the next file of a primary says of its synchronous replication.
    synchronized void synchronize(StandbyNames names, ClientGate gate) {
        chosen = new SynchronousFile(names.text(), gate);
        adopted = true;
    }

    /// What the file is to say. A primary that this agent finds running goes on with what its
    /// file says: to forget whom it waits for would acknowledge commits that nobody has. A
    /// standby is prepared for its promotion. Null where synchronous mode is off and clients may
    /// come in.
    private @Nullable SynchronousFile synchronousFile(Part part) throws IOException {
        if (part == Part.STANDBY) {
            chosen = null;
        } else if (!adopted) {
            chosen = files.synchronousFile();
        }
        adopted = true;
        boolean shut = chosen != null && chosen.gate() == ClientGate.SHUT;
        if (!synchronous.isOn() && !shut) {
            chosen = null;
            return null;
        }
        return chosen == null
                ? new SynchronousFile(
                        synchronous.strict() ? StandbyNames.BLOCKED.text() : "", ClientGate.OPEN)
                : chosen;
    }

    PostgresPart dynamic() {
        return dynamic;
    }

    /// Whether a standby can restore WAL from an archive.
    boolean restores() {
        RemoteSource source = remote;
        if (source != null && source.restoreCommand() != null) {
            return true;
        }
        String command = dynamic.recoveryConf().get("restore_command");
        if (command == null) {
            command = settings.parameters().get("restore_command");
        }
        if (command == null) {
            command = dynamic.parameters().get("restore_command");
        }
        return command != null && !command.isBlank();
    }

    /// In which ways a copy is made; none for pg_basebackup alone.
    List<ReplicaMethod> replicaMethods() {
        return scripts.get().replicaMethods(remote);
    }

    void follow(@Nullable Upstream newUpstream) {
        upstream = newUpstream;
    }

    @Nullable Upstream upstream() {
        return upstream;
    }

    ConfigurationFiles files() {
        return files;
    }

    /// What a file write has brought about.
    record Written(ServerParameters parameters, boolean changed) {}

    /// Writes the files for a server that is, or is going to be, this.
    synchronized Written write(Part part) throws IOException, InterruptedException {
        SortedMap<String, Integer> minimums =
                part == Part.STANDBY || state.isRestored()
                        ? directory.standbyMinimums()
                        : new TreeMap<>();
        ServerParameters wished = ServerParameters.of(settings, dynamic, minimums);
        ServerParameters parameters = wished.without(check.refused(wished.all()));
        if (feedback) {
            parameters = parameters.withFeedback();
        }
        SynchronousFile wanted = synchronousFile(part);
        if (wanted != null) {
            parameters = parameters.withSynchronous(wanted);
        }
        if (!parameters.notes().equals(told)) {
            told = parameters.notes();
            for (String note : told) {
                LOG.warn("{}", note);
            }
        }
        return new Written(
                parameters,
                files.write(parameters, dynamic, recovery(part), wanted, passwordless()));
    }

    private Recovery recovery(Part part) {
        Upstream followed = part == Part.STANDBY ? upstream : null;
        RemoteSource source = remote;
        if (part == Part.STANDBY && source != null) {
            boolean leads = Objects.equals(followed, Upstream.of(source));
            SortedMap<String, String> its = new TreeMap<>(dynamic.recoveryConf());
            putIfAny(its, "restore_command", source.restoreCommand());
            putIfAny(its, "archive_cleanup_command", source.archiveCleanupCommand());
            if (leads) {
                putIfAny(its, "recovery_min_apply_delay", source.applyDelay());
            }
            return new Recovery(followed, leads ? slotOn(source) : ownSlot(), its);
        }
        return new Recovery(followed, ownSlot(), recoverySettings(part));
    }

    private @Nullable String ownSlot() {
        return dynamic.useSlots() ? SlotName.of(settings.memberName()) : null;
    }

    /// Written as the member's name that it often is.
    private @Nullable String slotOn(RemoteSource source) {
        String slot = source.slot();
        return slot == null || !dynamic.useSlots() ? null : SlotName.of(slot);
    }

    private static void putIfAny(
            SortedMap<String, String> settings, String name, @Nullable String value) {
        if (value != null) {
            settings.put(name, value);
        }
    }

    /// The superuser whose password is not known yet, or null.
    private @Nullable String passwordless() {
        return state.isForeignPassword() ? settings.roles().superuser().name() : null;
    }

    /// Null where what a restored backup brings along is to be left as it is.
    private @Nullable SortedMap<String, String> recoverySettings(Part part) {
        if (part == Part.STANDBY) {
            return dynamic.recoveryConf();
        }
        CustomBootstrap custom = scripts.get().bootstrap();
        if (custom == null || !state.isRestored()) {
            return new TreeMap<>();
        }
        return custom.recoveryConf().isEmpty() ? null : custom.recoveryConf();
    }

    /// What the server's parameters are to be.
    StatusQuery.Wanted wanted() {
        ServerParameters parameters = ServerParameters.of(settings, dynamic, Map.of());
        return new StatusQuery.Wanted(parameters.controlled(), parameters.all());
    }

    /// The controlled parameters as the cluster wants them, whatever a standby must have for now.
    SortedMap<String, String> wantedControlled() {
        return ServerParameters.of(settings, dynamic, Map.of()).controlled();
    }
}
