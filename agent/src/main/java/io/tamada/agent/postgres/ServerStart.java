package io.tamada.agent.postgres;

import io.tamada.agent.hooks.Scripts.CustomBootstrap;
import io.tamada.agent.os.PosixKill;
import io.tamada.agent.postgres.DirectoryWatch.Freshness;
import io.tamada.agent.postgres.LiveConfiguration.Part;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Headway.Trouble;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts the server, as a primary or as a standby, and waits until it answers.
final class ServerStart {

    private static final Logger LOG = LoggerFactory.getLogger(ServerStart.class);

    private static final long LOG_LIMIT_BYTES = 10L * 1024 * 1024;
    private static final long WAIT_ROUND_MILLIS = 5;
    private static final Duration SEEN_AFTER = Duration.ofMillis(250);

    /// Names the files that the logging collector writes to.
    private static final String CURRENT_LOG_FILES = "current_logfiles";

    private static final String STDERR = "stderr ";

    private final Instance instance;
    private final Part part;
    private final @Nullable Upstream upstream;
    private long ownLogBytes;
    private @Nullable Path collectorsLog;
    private long collectorsLogBytes;

    ServerStart(Instance instance, Part part, @Nullable Upstream upstream) {
        this.instance = instance;
        this.part = part;
        this.upstream = upstream;
    }

    Outcome run(OngoingOperation operation) throws IOException, InterruptedException {
        ServerMonitor monitor = instance.monitor();
        Postmaster running = monitor.postmaster();
        if (running == null) {
            // Somebody else may have started it in this very second: no orphans then.
            running = monitor.findPostmaster();
        }
        if (running == null) {
            DataDirectory directory = instance.directory().refresh(Freshness.EXACT);
            if (!(directory instanceof DataDirectory.Ready)) {
                return new Outcome.Failed("there is no instance to start: " + directory);
            }
            operation.progress("waiting for processes of the former run");
            Orphans.end(instance.processes(), operation::isCancelled);
            if (operation.isCancelled()) {
                return Outcome.CANCELLED;
            }
            letTheEndBeSeen();
            StaleLock.forget(instance.settings().dataDirectory());
            operation.progress("starting");
            running = launch();
        } else {
            repoint(running);
        }
        monitor.hurry();
        try {
            return awaitAnswer(operation, running);
        } finally {
            monitor.relax();
        }
    }

    /// Whoever has stopped the server with pg_ctl looks for its lock file ten times a second. If
    /// the next server's were there by then, pg_ctl would wait for its end until it gives up.
    private void letTheEndBeSeen() throws InterruptedException {
        Duration since = instance.monitor().sinceUnaskedExit();
        Path lock = instance.settings().dataDirectory().resolve("postmaster.pid");
        if (since != null && since.compareTo(SEEN_AFTER) < 0 && !Files.exists(lock)) {
            TimeUnit.NANOSECONDS.sleep(SEEN_AFTER.minus(since).toNanos());
        }
    }

    /// A standby that runs already is pointed at the upstream by reload.
    private void repoint(Postmaster running) throws IOException, InterruptedException {
        ServerStatus status = instance.monitor().status();
        if (part == Part.STANDBY && upstream != null && status != null && status.inRecovery()) {
            instance.configuration().follow(upstream);
            if (instance.configuration().write(Part.STANDBY).changed()) {
                running.signal(PosixKill.SIGHUP);
            }
        }
    }

    private @Nullable Postmaster launch() throws IOException, InterruptedException {
        if (part == Part.PRIMARY) {
            instance.state().noFollower();
        }
        instance.odometer().restart();
        instance.configuration().follow(part == Part.STANDBY ? upstream : null);
        ServerParameters parameters = instance.configuration().write(part).parameters();
        instance.monitor().expect(instance.configuration().wanted());
        setSignals();
        Path log = instance.state().serverLog();
        limit(log);
        noteFormerWords(log);
        Process process =
                Postmaster.spawn(
                        instance.settings(), log, arguments(parameters), pretendAncestor());
        LOG.info(
                "Started PostgreSQL as {}, pid {}",
                part == Part.PRIMARY ? "a primary" : "a standby",
                process.pid());
        return instance.monitor().adopt(process.pid());
    }

    private void setSignals() throws IOException {
        Path data = instance.settings().dataDirectory();
        // A promotion that was asked for in the former run must not happen in this one.
        DurableFiles.remove(data.resolve("promote"));
        SkippedTimelines.forgetUnused(data);
        if (part == Part.PRIMARY && instance.state().isRestored()) {
            recover(data);
            return;
        }
        DurableFiles.remove(data.resolve("recovery.signal"));
        Path standby = data.resolve("standby.signal");
        switch (part) {
            case PRIMARY -> DurableFiles.remove(standby);
            case STANDBY -> {
                if (!Files.exists(standby)) {
                    DurableFiles.replace(standby, "");
                }
            }
        }
    }

    /// A standby in recovery would wait for its upstream for ever; this one is to become a primary.
    private void recover(Path data) throws IOException {
        CustomBootstrap custom = instance.scripts().get().bootstrap();
        if (custom == null || !custom.keepRecovery() || !custom.recoveryConf().isEmpty()) {
            DurableFiles.remove(data.resolve("standby.signal"));
            DurableFiles.replace(data.resolve("recovery.signal"), "");
        }
    }

    /// On the command line, controlled parameters are out of reach of ALTER SYSTEM.
    private List<String> arguments(ServerParameters parameters) {
        PostgresSettings settings = instance.settings();
        List<String> arguments = new ArrayList<>();
        arguments.add("-D");
        arguments.add(settings.dataDirectory().toString());
        arguments.add("--config-file=" + instance.configuration().files().main());
        SortedMap<String, String> controlled = new TreeMap<>(parameters.controlled());
        for (Map.Entry<String, String> parameter : controlled.entrySet()) {
            arguments.add("--" + parameter.getKey() + "=" + parameter.getValue());
        }
        return arguments;
    }

    /// The pid in a stale lock file may belong to another program by now, and PostgreSQL would
    /// refuse to start. It ignores the pid of an ancestor, and takes this variable's word for it;
    /// removing the file instead would race with somebody else's start.
    private Map<String, String> pretendAncestor() throws IOException {
        PostmasterPid stale = PostmasterPid.read(instance.settings().dataDirectory());
        return stale != null
                        && InstanceProcesses.isAlive(stale.pid())
                        && !instance.processes().belongs(stale.pid())
                ? Map.of("PG_GRANDPARENT_PID", Long.toString(stale.pid()))
                : Map.of();
    }

    private static void limit(Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT_BYTES) {
            Files.move(
                    log,
                    log.resolveSibling(log.getFileName() + ".1"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Outcome awaitAnswer(OngoingOperation operation, @Nullable Postmaster started)
            throws IOException, InterruptedException {
        ServerMonitor monitor = instance.monitor();
        while (started != null && monitor.postmaster() == started) {
            ServerStatus status = monitor.status();
            boolean recovers =
                    part == Part.PRIMARY
                            && instance.state().isRestored()
                            && status != null
                            && status.inRecovery();
            if (status != null && !recovers) {
                return verdict(status);
            }
            if (operation.isCancelled()) {
                return Outcome.CANCELLED;
            }
            PostmasterPid file = PostmasterPid.read(instance.settings().dataDirectory());
            operation.progress(progress(file, monitor));
            TimeUnit.MILLISECONDS.sleep(WAIT_ROUND_MILLIS);
        }
        return new Outcome.Failed("the server has exited: " + lastWords());
    }

    private static String progress(@Nullable PostmasterPid file, ServerMonitor monitor) {
        if (file == null) {
            return "starting";
        }
        return switch (file.status()) {
            case STARTING, UNKNOWN -> "starting: recovering what the log holds";
            case STANDBY -> "starting: not consistent yet, or hot_standby is off";
            case READY ->
                    monitor.complaint().isEmpty()
                            ? "accepting connections"
                            : "does not let the agent in: " + monitor.complaint();
            case STOPPING -> "stopping";
        };
    }

    private Outcome verdict(ServerStatus status) throws IOException, InterruptedException {
        return switch (part) {
            case PRIMARY -> {
                if (status.inRecovery()) {
                    yield new Outcome.Failed("the server runs as a standby: stop it first");
                }
                if (instance.state().isRestored()) {
                    instance.state().recovered();
                    instance.configuration().write(Part.PRIMARY);
                }
                Membership.remember(instance);
                yield Outcome.DONE;
            }
            case STANDBY ->
                    status.inRecovery()
                            ? Outcome.DONE
                            : new Outcome.Failed("the server runs as a primary: stop it first");
        };
    }

    /// Whether a start has failed because recovery did, which is the data's fault, or before that.
    /// What is said in another language than English counts as the latter: data are not replaced
    /// on a guess.
    static @Nullable Trouble trouble(Operation last) {
        if (!(last instanceof Operation.Failed failed)
                || failed.kind() != Operation.Kind.START_AS_STANDBY) {
            return null;
        }
        boolean recoveryFails =
                failed.reason().contains("startup process")
                        && !failed.reason().contains("insufficient parameter settings");
        return new Trouble(
                recoveryFails ? Trouble.Kind.RECOVERY_FAILS : Trouble.Kind.OTHER, failed.reason());
    }

    /// What a former run has printed says nothing about this one.
    private void noteFormerWords(Path ownLog) throws IOException {
        ownLogBytes = Files.exists(ownLog) ? Files.size(ownLog) : 0;
        collectorsLog = collectorsLog();
        collectorsLogBytes = collectorsLog == null ? 0 : Files.size(collectorsLog);
        // A server that ends before its collector begins would leave it.
        DurableFiles.remove(instance.settings().dataDirectory().resolve(CURRENT_LOG_FILES));
    }

    /// From our own file, or from the logging collector's, which takes over early.
    private String lastWords() throws IOException {
        Path collected = collectorsLog();
        if (collected != null) {
            return words(collected, collected.equals(collectorsLog) ? collectorsLogBytes : 0);
        }
        Path log = instance.state().serverLog();
        return Files.exists(log) ? words(log, ownLogBytes) : "see the agent's own output";
    }

    private static String words(Path log, long from) throws IOException {
        String words = ServerWords.of(Tool.lines(log, from));
        return words.isEmpty() ? Tool.lastLines(log, from) : words;
    }

    private @Nullable Path collectorsLog() throws IOException {
        Path data = instance.settings().dataDirectory();
        String current = DurableFiles.readOrNull(data.resolve(CURRENT_LOG_FILES));
        if (current == null || !current.startsWith(STDERR)) {
            return null;
        }
        String name = current.lines().findFirst().orElse("").substring(STDERR.length()).strip();
        Path log = data.resolve(name);
        return Files.isReadable(log) ? log : null;
    }
}
