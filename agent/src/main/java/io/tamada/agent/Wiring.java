package io.tamada.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.agent.fencing.Deadman;
import io.tamada.agent.fencing.FencingLadder;
import io.tamada.agent.fencing.LinuxWatchdog;
import io.tamada.agent.guard.Guard;
import io.tamada.agent.guard.GuardProgram;
import io.tamada.agent.journal.Chronicle;
import io.tamada.agent.journal.ConfigNotes;
import io.tamada.agent.journal.Event;
import io.tamada.agent.journal.Journal;
import io.tamada.agent.journal.LeaderTerms;
import io.tamada.agent.log.AgentLog;
import io.tamada.agent.log.Critical;
import io.tamada.agent.os.FileFailure;
import io.tamada.agent.os.PipeWatchdog;
import io.tamada.agent.os.PosixWatchdog;
import io.tamada.agent.postgres.ClusterRecordFile;
import io.tamada.agent.postgres.LinuxPostgresControl;
import io.tamada.agent.postgres.PostgresSettings;
import io.tamada.agent.run.FencedInstance;
import io.tamada.agent.run.LateControlStore;
import io.tamada.agent.run.LogJournal;
import io.tamada.agent.run.LoopThread;
import io.tamada.agent.run.NameGuardedStore;
import io.tamada.agent.run.PauseEnd;
import io.tamada.agent.run.Programs;
import io.tamada.agent.run.Reload;
import io.tamada.agent.run.ServerConfigCheck;
import io.tamada.agent.run.SettingsMapping;
import io.tamada.agent.run.Signals;
import io.tamada.agent.run.SuddenEnd;
import io.tamada.agent.run.SystemClock;
import io.tamada.agent.run.Version;
import io.tamada.agent.run.Waker;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.WatchdogSettings;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.decision.Action;
import io.tamada.core.decision.RuleId;
import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.loop.HaLoop;
import io.tamada.core.loop.OutagePorts;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.loop.SnapshotBoard;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberProfile;
import io.tamada.core.member.MemberRole;
import io.tamada.core.order.Order;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.port.Fencing;
import io.tamada.core.postgres.ProbeBoard;
import io.tamada.core.time.Monotonic;
import io.tamada.dcs.ClusterKeys;
import io.tamada.dcs.PatroniClusterStore;
import io.tamada.dcs.PatroniControlStore;
import io.tamada.dcs.codec.ClusterConfigCodec;
import io.tamada.dcs.grpc.EtcdConnection;
import io.tamada.dcs.kv.Bytes;
import io.tamada.rest.AgentFacts;
import io.tamada.rest.RestServer;
import io.tamada.rest.RestSettings;
import io.tamada.rest.control.ControlApi;
import io.tamada.rest.control.RestartSchedule;
import io.tamada.rest.http.FailsafeApi;
import io.tamada.rest.http.ReadApi;
import io.tamada.rest.peer.AddressProbe;
import io.tamada.rest.peer.HttpFailsafePeers;
import io.tamada.rest.peer.HttpPeerProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts the agent together and runs it until it is told to stop.
///
/// Order of beginning: the REST API first, so that whoever watches gets an answer at once; then
/// the instance, the store, the deadman and the loop. Order of ending: PostgreSQL and the leader
/// key by the loop's own rules, then the REST API, then the store.
public final class Wiring {

    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    /// How long an adopted primary may run before its lease is proven.
    private static final Duration GRACE_AT_START = Duration.ofSeconds(10);

    private static final Duration ADDRESS_PATIENCE = Duration.ofSeconds(1);

    private static final int REFUSED = 1;
    private static final int BAD_CONFIGURATION = 2;

    private final AgentSettings settings;
    private final SystemClock clock = new SystemClock();
    private final Waker waker = new Waker();
    private final SnapshotBoard snapshots = new SnapshotBoard(this::tellRole);
    private final ProbeBoard probe = new ProbeBoard();
    private final WriteDeadline deadline = new WriteDeadline();
    private final FailsafeBoard consent = new FailsafeBoard();
    private final OrderBoard orders = new OrderBoard();
    private final RestartSchedule restarts = new RestartSchedule(waker::wake);
    private final LateControlStore control = new LateControlStore();
    private final AtomicReference<AgentSettings> live;
    private final Reload reload;
    private final LinuxPostgresControl postgres;
    private final ClusterRecordFile records;
    private final Journal journal;
    private final Chronicle chronicle = new Chronicle();
    private final AtomicReference<@Nullable LeaderTerms> terms = new AtomicReference<>();
    private final AtomicReference<@Nullable ConfigNotes> notes = new AtomicReference<>();

    private Wiring(AgentSettings settings, @Nullable Path configFile, Path programs) {
        this.settings = settings;
        this.live = new AtomicReference<>(settings);
        this.reload =
                new Reload(
                        settings,
                        configFile,
                        next -> {
                            live.set(next);
                            waker.wake();
                        });
        this.postgres =
                new LinuxPostgresControl(
                        SettingsMapping.postgres(settings, programs),
                        clock,
                        probe,
                        waker::wake,
                        () -> SettingsMapping.scripts(live.get()),
                        this::isRestarting,
                        () -> deadline.covers(clock.now()));
        this.journal = new Journal(PostgresSettings.beside(settings.postgresql().dataDirectory()));
        this.records =
                new ClusterRecordFile(
                        PostgresSettings.beside(settings.postgresql().dataDirectory()),
                        settings.postgresql().dataDirectory(),
                        settings.scope(),
                        settings.name(),
                        waker::wake);
    }

    private void tellRole(Snapshot snapshot) {
        Instant now = Instant.now();
        chronicle.news(snapshot, now).forEach(journal::add);
        LeaderTerms recorded = terms.get();
        if (recorded != null) {
            recorded.observed(snapshot, now);
        }
        ConfigNotes noted = notes.get();
        if (noted != null) {
            noted.observed(snapshot, now);
        }
        Member self = snapshot.self();
        postgres.leadsStandbyCluster(self != null && self.role() == MemberRole.STANDBY_LEADER);
        if (snapshot.decision().rule() == RuleId.LEADER_HANDS_OVER) {
            postgres.handedOver();
        }
    }

    /// Asked before our own API answers there: an agent of this name at the address that this one
    /// is to have.
    private @Nullable String whyAddressTaken() {
        String url = SettingsMapping.profile(settings, "").apiUrl();
        AddressProbe.Agent other =
                new AddressProbe(SettingsMapping.peers(settings)).agentAt(url, ADDRESS_PATIENCE);
        return other != null
                        && other.scope().equals(settings.scope())
                        && other.name().equals(settings.name().value())
                ? NameGuardedStore.taken(settings.name(), url)
                : null;
    }

    /// @param configFile where SIGHUP reads the settings again; null when they came from the
    ///     environment alone.
    /// @return the exit code of the process.
    public static int run(AgentSettings settings, @Nullable Path configFile) {
        Path programs =
                Programs.directory(settings.postgresql().binaryDirectory(), System.getenv("PATH"));
        if (programs == null) {
            LOG.error(
                    "postgresql.bin_dir: found no PostgreSQL programs {}; expected the directory"
                            + " that has postgres, initdb and pg_basebackup",
                    settings.postgresql().binaryDirectory() == null
                            ? "in PATH or under /usr/lib/postgresql"
                            : "in " + settings.postgresql().binaryDirectory());
            return BAD_CONFIGURATION;
        }
        return new Wiring(settings, configFile, programs).run();
    }

    private int run() {
        String taken = whyAddressTaken();
        if (taken != null) {
            Critical.say(Wiring.class, taken);
            return REFUSED;
        }
        RestServer rest = restServer();
        if (rest.start() instanceof RestServer.Started.Refused(String reason)) {
            LOG.error("{}", reason);
            return REFUSED;
        }
        try {
            String unclear = postgres.start();
            if (unclear != null) {
                LOG.error("{}", unclear);
                rest.stop();
                return REFUSED;
            }
            records.open();
            journal.open();
            tellAgent("started");
        } catch (IOException e) {
            LOG.error(
                    "cannot keep records beside the data directory, in {}: {}",
                    PostgresSettings.beside(settings.postgresql().dataDirectory()),
                    FileFailure.text(e));
            rest.stop();
            return REFUSED;
        }
        try (EtcdConnection etcd = EtcdConnection.open(SettingsMapping.etcd(settings.etcd3()));
                EtcdConnection beside = etcd.openBeside(SettingsMapping.etcd(settings.etcd3()))) {
            var operators =
                    new PatroniControlStore(beside.kv(), settings.namespace(), settings.scope());
            control.connect(operators);
            try (LeaderTerms leaders = new LeaderTerms(settings.name(), operators).start();
                    ConfigNotes noted = new ConfigNotes(operators).start();
                    PauseEnd _ =
                            new PauseEnd(snapshots, operators, InstantSource.system()).start()) {
                terms.set(leaders);
                notes.set(noted);
                return lead(rest, etcd, SettingsMapping.profile(settings, postgres.identity()));
            }
        } catch (IllegalArgumentException | IOException e) {
            LOG.error("etcd3: {}", e.getMessage());
            return BAD_CONFIGURATION;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return REFUSED;
        } catch (RuntimeException | Error failure) {
            throw SuddenEnd.now(failure);
        } finally {
            rest.stop();
            restarts.close();
            records.close();
            tellAgent("ended");
            journal.close();
            postgres.close();
        }
    }

    private int lead(RestServer rest, EtcdConnection etcd, MemberProfile profile)
            throws InterruptedException {
        HttpPeerProbe peers = new HttpPeerProbe(SettingsMapping.peers(settings));
        NameGuardedStore store =
                new NameGuardedStore(
                        new PatroniClusterStore(
                                etcd.kv(),
                                clock,
                                settings.namespace(),
                                settings.scope(),
                                settings.name()),
                        profile,
                        peers);
        Guard guard = guard();
        Fencing fencing = new FencingLadder(guard, watchdog());
        HaLoop loop =
                new HaLoop(
                        new HaLoop.Ports(
                                store,
                                postgres,
                                peers,
                                fencing,
                                new OutagePorts(
                                        new HttpFailsafePeers(
                                                SettingsMapping.peers(settings),
                                                () ->
                                                        SettingsMapping.rest(
                                                                        live.get(), Version.text())
                                                                .login()),
                                        consent,
                                        records,
                                        json ->
                                                ClusterConfigCodec.decode(
                                                        Bytes.utf8(json), _ -> {})),
                                orders,
                                clock,
                                new LogJournal(overrule(), journal, clock)),
                        () ->
                                SettingsMapping.profile(live.get(), profile.identity())
                                        .withScheduledRestart(restarts.json()),
                        config ->
                                config.withPostgres(
                                        live.get()
                                                .postgresql()
                                                .over(config.postgres(), config.remote())),
                        bootstrapConfig(settings),
                        deadline,
                        snapshots);
        Deadman deadman =
                new Deadman(
                        deadline,
                        new FencedInstance(postgres),
                        clock,
                        this::isPaused,
                        GRACE_AT_START);
        Signals.on(
                () -> {
                    LOG.info("asked to stop");
                    loop.requestShutdown();
                    waker.wake();
                },
                reload::run);
        ClusterKeys keys = new ClusterKeys(settings.namespace(), settings.scope());
        etcd.watch(
                keys.prefix(),
                (key, before, after) -> keys.wakes(settings.name(), key, before, after),
                waker::wake);
        deadman.start();
        try {
            Action.Exit exit =
                    new LoopThread(
                                    loop,
                                    waker,
                                    () ->
                                            store.taken() == null
                                                    ? null
                                                    : new Action.Exit(REFUSED, store.taken()))
                            .run();
            if (exit.code() != 0) {
                Critical.say(Wiring.class, exit.reason());
            }
            return exit.code();
        } catch (RuntimeException | Error failure) {
            // Before the fences are taken down, which would be in order at an orderly end only.
            throw SuddenEnd.now(failure);
        } finally {
            rest.stop();
            deadman.close();
            if (guard != null) {
                guard.close();
            }
        }
    }

    /// The kernel's watchdog; null where none is wanted.
    private @Nullable LinuxWatchdog watchdog() {
        WatchdogSettings wanted = settings.watchdog();
        return wanted.mode() == Mode.OFF
                ? null
                : new LinuxWatchdog(
                        wanted.mode(),
                        wanted.safetyMarginSeconds(),
                        switch (wanted.driver()) {
                            case DEFAULT -> new PosixWatchdog(Path.of(wanted.device()));
                            case TESTING -> new PipeWatchdog(Path.of(wanted.device()));
                        },
                        clock);
    }

    /// The guard process, already under way; null where none is wanted.
    private @Nullable Guard guard() {
        Path place =
                PostgresSettings.beside(settings.postgresql().dataDirectory()).resolve("guard");
        Mode mode = settings.tamada().guard();
        if (mode == Mode.OFF) {
            Guard.retireAll(place);
            return null;
        }
        Guard guard =
                new Guard(
                        GuardProgram.ofThisInstallation(),
                        place,
                        () -> postgres.processes().directory(),
                        () -> postgres.processes().whyUnseen(),
                        mode,
                        clock,
                        this::tellStrike);
        guard.start();
        return guard;
    }

    /// What makes this member the leader when the others, or the store, are not to be waited for.
    private String overrule() {
        return "etcdctl put %sfailover '{\"member\": \"%s\"}'"
                .formatted(
                        new ClusterKeys(settings.namespace(), settings.scope()).prefix(),
                        settings.name());
    }

    private void tellAgent(String what) {
        journal.add(
                new Event(
                        Instant.now(),
                        Event.Kind.AGENT,
                        Map.of("what", what, "version", Version.text())));
    }

    private void tellStrike(Instant at) {
        journal.add(new Event(at, Event.Kind.GUARD, Map.of("what", LeaderTerms.GUARD_STRUCK)));
        LeaderTerms recorded = terms.get();
        if (recorded != null) {
            recorded.guardStruck(at);
        }
    }

    private boolean isRestarting() {
        OrderBoard.Ticket ticket = orders.latest();
        return ticket != null && ticket.isOpen() && ticket.order() instanceof Order.Restart;
    }

    private boolean isPaused() {
        Snapshot snapshot = snapshots.latest();
        return snapshot != null && snapshot.config().pause();
    }

    private RestServer restServer() {
        RestSettings rest = SettingsMapping.rest(settings, Version.text());
        AgentLog log = AgentLog.installed();
        AgentFacts facts =
                new AgentFacts(
                        this::storeLastSeenEpochSeconds,
                        () -> log == null ? 0 : log.queueSize(),
                        () -> log == null ? 0 : log.recordsLost(),
                        journal::latest,
                        new AgentFacts.Why(
                                InstantSource.system(), chronicle::ruleSince, this::leaderTerms));
        return new RestServer(
                rest,
                new ReadApi(rest, snapshots, probe, deadline, clock, facts),
                new FailsafeApi(rest, consent, probe, clock, waker::wake),
                new ControlApi(
                        new ControlApi.Ports(
                                () -> SettingsMapping.rest(live.get(), Version.text()),
                                snapshots,
                                control,
                                new HttpPeerProbe(SettingsMapping.peers(settings)),
                                orders,
                                new ServerConfigCheck(live::get, postgres),
                                clock,
                                waker::wake,
                                reload::run,
                                restarts)));
    }

    private List<LeaderTerm> leaderTerms() {
        LeaderTerms recorded = terms.get();
        return recorded == null ? List.of() : recorded.known();
    }

    private long storeLastSeenEpochSeconds() {
        Snapshot snapshot = snapshots.latest();
        Monotonic seenAt = snapshot == null ? null : snapshot.viewAt();
        if (seenAt == null) {
            return 0;
        }
        return Instant.now().minus(seenAt.until(clock.now())).getEpochSecond();
    }

    private static ClusterConfig bootstrapConfig(AgentSettings settings) {
        try {
            String json = new ObjectMapper().writeValueAsString(settings.bootstrap().dynamic());
            // What is wrong in it the settings have said already, in the words of the file.
            return Objects.requireNonNull(ClusterConfigCodec.decode(Bytes.utf8(json), _ -> {}));
        } catch (JsonProcessingException bug) {
            throw new IllegalStateException("bootstrap.dcs has no JSON form", bug);
        }
    }
}
