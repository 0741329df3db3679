package io.tamada.rest;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.cluster.PauseNote;
import io.tamada.core.cluster.RemoteSource;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.RuleId;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.loop.SnapshotBoard;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.member.PendingRestart;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ProbeBoard;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.ReplicationConnection;
import io.tamada.core.postgres.Storage;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import io.tamada.rest.control.ConfigCheck;
import io.tamada.rest.control.ControlApi;
import io.tamada.rest.control.RestartSchedule;
import io.tamada.rest.http.FailsafeApi;
import io.tamada.rest.http.ReadApi;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A member `node-a` of a cluster of two with everything that the API reads, and a clock that
/// stands still until it is moved. Fields are changed by a test, then published.
public final class World implements TimeSource {

    public static final SystemIdentifier SYSTEM = new SystemIdentifier("7450000000000000001");
    public static final Lsn LEADER_LSN = new Lsn(50_331_984);

    public final SnapshotBoard snapshots = new SnapshotBoard();
    public final ProbeBoard probe = new ProbeBoard();
    public final FailsafeBoard consent = new FailsafeBoard();
    public int consents;
    public RestSettings.@Nullable Login login;
    public @Nullable RestTls tls;

    /// Of the Patroni that runs node-b; null where a Tamada does.
    public @Nullable String patroniVersion;
    public List<String> allowlist = List.of();
    public final OrderBoard orders = new OrderBoard();
    public ConfigCheck check = _ -> List.of();
    public List<PeerReport> peerReports = List.of();
    public final List<Member> askedMembers = new ArrayList<>();
    public int wakes;
    public int reloads;
    public final RestartSchedule restarts = new RestartSchedule(() -> wakes++);
    public final FakeControlStore store =
            new FakeControlStore(
                    () -> {
                        Snapshot latest = snapshots.latest();
                        return latest == null ? null : latest.view();
                    });
    public final WriteDeadline deadline = new WriteDeadline();

    public Monotonic now = new Monotonic(1_000_000_000_000L);
    public MemberTags tags = MemberTags.NONE;
    public SynchronousMode synchronousMode = SynchronousMode.OFF;
    public FencingStatus fencing = FencingStatus.OFF;
    public boolean pause;
    public PauseNote pauseNote = PauseNote.NONE;
    public boolean standbyCluster;
    public boolean failsafeMode;
    public boolean failsafeActive;
    public @Nullable SyncState sync;
    public ServerStatus.Lag lag = ServerStatus.Lag.UNKNOWN;
    public ServerStatus.Synchronous synchronous = ServerStatus.Synchronous.NONE;
    public @Nullable FailoverRequest failover;
    public @Nullable MemberName leader = new MemberName("node-a");
    public @Nullable String whyNot;
    public Climb climb = Climb.NONE;
    public boolean viewKnown = true;
    public boolean configKnown = true;
    public Lsn replayed = LEADER_LSN;
    public Lsn received = LEADER_LSN;
    public boolean streaming = true;
    public boolean replaysOwn;
    public Storage storage = Storage.UNPROBED;

    /// The instance as the loop saw it last.
    public ServerProcess process = new ServerProcess.Down();

    @Override
    public Monotonic now() {
        return now;
    }

    public void pass(Duration duration) {
        now = now.plus(duration);
    }

    /// A primary that holds the lease for `ttl` from now.
    public World primary() {
        leader = new MemberName("node-a");
        probe.publish(new ProbeBoard.Reading(primaryStatus(), now, MemberState.RUNNING));
        deadline.extend(now.plus(Duration.ofSeconds(30)), timing());
        return publish();
    }

    /// A standby of `node-b`.
    public World standby() {
        leader = new MemberName("node-b");
        probe.publish(new ProbeBoard.Reading(standbyStatus(), now, MemberState.RUNNING));
        deadline.revoke();
        return publish();
    }

    /// The server gives no answer; `state` is what its process is doing.
    public World silent(MemberState state) {
        probe.publish(new ProbeBoard.Reading(null, now, state));
        return publish();
    }

    public World storage(Storage value) {
        storage = value;
        return publish();
    }

    public World publish() {
        snapshots.publish(
                new Snapshot(
                        now,
                        viewKnown ? view() : null,
                        viewKnown ? now : null,
                        null,
                        config(),
                        timing(),
                        new LeaderLease.Unknown(),
                        new LocalPostgres(
                                new DataDirectory.Empty(), process, new Operation.None(), storage),
                        fencing,
                        new Decision(
                                RuleId.FOLLOWING, "node-b leads", List.of(), Duration.ofSeconds(1)),
                        member("node-a", MemberRole.REPLICA),
                        whyNot,
                        failsafeActive,
                        42,
                        3,
                        climb));
        return this;
    }

    public LeaseTiming timing() {
        return new LeaseTiming(
                Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    public ClusterConfig config() {
        return new ClusterConfig(
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                1_048_576,
                Duration.ofSeconds(300),
                Duration.ZERO,
                SlotSettings.DEFAULTS,
                0,
                false,
                pause,
                pauseNote,
                failsafeMode,
                new ClusterConfig.Synchronous(synchronousMode, false, 1, -1),
                standbyCluster
                        ? new RemoteSource("10.9.9.9", 5432, null, List.of(), null, null, null)
                        : null,
                Duration.ofSeconds(30),
                ClusterConfig.Rejoin.DEFAULTS,
                ClusterConfig.PostgresPart.DEFAULTS,
                "{\"ttl\":30,\"postgresql\":{\"use_pg_rewind\":true}}");
    }

    public ClusterView view() {
        TreeMap<String, String> urls = new TreeMap<>();
        urls.put("node-a", "http://10.1.0.11:8008/patroni");
        return new ClusterView(
                7,
                new Initialization.Done(SYSTEM),
                leader == null ? null : new LeaderKey(leader, 5, 5, 77),
                List.of(
                        patroniVersion == null
                                ? member("node-b", MemberRole.REPLICA)
                                : ofPatroni(member("node-b", MemberRole.REPLICA), patroniVersion),
                        member("node-a", MemberRole.PRIMARY)),
                configKnown ? config() : null,
                new TimelineHistory(
                        List.of(
                                new TimelineHistory.Entry(
                                        new Timeline(1),
                                        new Lsn(25_000_000),
                                        "no recovery target specified",
                                        "2026-01-02T03:04:05+00:00",
                                        "node-b"),
                                new TimelineHistory.Entry(
                                        new Timeline(2), new Lsn(30_000_000), "odd", null, null))),
                4,
                new ClusterStatus(LEADER_LSN, new TreeMap<>(), List.of()),
                sync,
                sync == null ? 0 : 6,
                failover,
                new FailsafeMembers(urls, 9),
                null);
    }

    private static Member ofPatroni(Member member, String version) {
        return new Member(
                member.name(),
                member.connUrl(),
                member.apiUrl(),
                member.state(),
                member.role(),
                version,
                null,
                member.timeline(),
                member.walLocation(),
                member.receivedLocation(),
                member.replayedLocation(),
                member.replicationState(),
                member.tags(),
                true,
                false,
                false);
    }

    public Member member(String name, MemberRole role) {
        String host = name.equals("node-a") ? "10.1.0.11" : "10.1.0.12";
        boolean replica = role == MemberRole.REPLICA;
        return new Member(
                new MemberName(name),
                "postgres://" + host + ":5432/postgres",
                "http://" + host + ":8008/patroni",
                MemberState.RUNNING,
                role,
                "4.1.3",
                "id-" + name,
                new Timeline(3),
                replica ? new Lsn(LEADER_LSN.value() - 1000) : LEADER_LSN,
                replica ? new Lsn(LEADER_LSN.value() - 1000) : null,
                replica ? new Lsn(LEADER_LSN.value() - 2000) : null,
                replica ? "streaming" : null,
                name.equals("node-a") ? tags : MemberTags.NONE,
                true,
                false,
                false);
    }

    public ServerStatus primaryStatus() {
        return new ServerStatus(
                now,
                false,
                new Timeline(3),
                LEADER_LSN,
                null,
                null,
                false,
                null,
                false,
                TimelineHistory.EMPTY,
                true,
                null,
                List.of(),
                List.of(
                        new ReplicationConnection(
                                "node-b",
                                "replicator",
                                "10.1.0.12",
                                "streaming",
                                "async",
                                0,
                                LEADER_LSN,
                                LEADER_LSN,
                                LEADER_LSN,
                                new Lsn(LEADER_LSN.value() - 4096),
                                lag)),
                false,
                150_008,
                "2026-01-02 03:04:05.678901+00",
                synchronous);
    }

    public ServerStatus standbyStatus() {
        return new ServerStatus(
                now,
                true,
                new Timeline(3),
                null,
                replaysOwn ? null : received,
                replayed,
                false,
                "2026-01-02 03:05:00.5+00",
                streaming,
                TimelineHistory.EMPTY,
                true,
                null,
                List.of(),
                List.of(),
                PendingRestart.NONE,
                150_008,
                "2026-01-02 03:04:05.678901+00",
                synchronous,
                false,
                replaysOwn);
    }

    public RestSettings settings() {
        LinkedHashMap<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Site", "north");
        return new RestSettings(
                List.of("127.0.0.1"),
                0,
                tls,
                headers,
                login,
                allowlist,
                false,
                "demo",
                new MemberName("node-a"),
                tags,
                "0.1.0",
                "4.1.3");
    }

    /// What the journal of this node holds.
    public final List<String> events = new ArrayList<>();

    /// Called on the event loop of the server when the journal is read.
    public Runnable whenEventsAreRead = () -> {};

    /// What the store says of who has led.
    public List<LeaderTerm> terms = List.of();

    public FailsafeApi failsafe() {
        return new FailsafeApi(settings(), consent, probe, this, () -> consents++);
    }

    public ControlApi control() {
        TimeSource real = () -> new Monotonic(System.nanoTime());
        return new ControlApi(
                new ControlApi.Ports(
                        this::settings,
                        snapshots,
                        store,
                        (members, timeout) -> {
                            askedMembers.addAll(members);
                            return peerReports;
                        },
                        orders,
                        json -> check.mistakes(json),
                        real,
                        () -> wakes++,
                        () -> reloads++,
                        restarts));
    }

    public ReadApi api() {
        return new ReadApi(
                settings(),
                snapshots,
                probe,
                deadline,
                this,
                new AgentFacts(
                        () -> 1_767_323_045L,
                        () -> 0,
                        () -> 0,
                        most -> {
                            whenEventsAreRead.run();
                            return events.subList(Math.max(0, events.size() - most), events.size());
                        },
                        new AgentFacts.Why(
                                () -> Instant.parse("2026-01-02T03:04:05Z"),
                                () -> Instant.parse("2026-01-02T03:00:00Z"),
                                () -> terms)));
    }
}
