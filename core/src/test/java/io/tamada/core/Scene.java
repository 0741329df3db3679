package io.tamada.core;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.decision.Decider;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.Errand;
import io.tamada.core.decision.Memory;
import io.tamada.core.decision.Observation;
import io.tamada.core.decision.Outage;
import io.tamada.core.decision.Switchover;
import io.tamada.core.decision.SynchronousMemory;
import io.tamada.core.decision.Wish;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Headway;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.Storage;
import io.tamada.core.quorum.SyncTransition;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.slot.SlotMemory;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Builds an observation, beginning with one that is whole and usual. The leader key in the view
/// always fits the lease.
public final class Scene {

    private Wish wish = Wish.RUN;
    private boolean storeAnswers = true;
    private boolean holdsInitialization;
    private ClusterConfig config = ClusterConfig.DEFAULTS;
    private boolean configInStore = true;
    private LeaderLease lease = new LeaderLease.HeldByOther(Facts.B);
    private Initialization initialization = new Initialization.Done(Facts.SYSTEM);
    private List<Member> members = List.of(Facts.replica(Facts.A), Facts.primary(Facts.B));
    private TimelineHistory history = TimelineHistory.EMPTY;
    private Lsn optime = Facts.lsn(5000);
    private @Nullable SyncState sync;
    private @Nullable FailoverRequest failover;
    private DataDirectory directory = Facts.standbyData(1, 5000);
    private ServerProcess process = Facts.answering(Facts.streamingFrom(Facts.AT_B, 1, 5000));
    private Operation operation = new Operation.None();
    private Storage storage = Storage.UNPROBED;
    private @Nullable Monotonic storageTroubleSeenAt;
    private FencingStatus fencing = FencingStatus.OFF;
    private FailsafeMembers failsafe = FailsafeMembers.NONE;
    private Outage outage = Outage.NONE;
    private @Nullable Errand errand;
    private Switchover switchover = Switchover.NONE;
    private List<PeerReport> peers = List.of();
    private MemberTags tags = MemberTags.NONE;
    private boolean everRead = true;
    private Monotonic startedAt = Facts.ago(3600);
    private @Nullable Monotonic primaryDownSince;
    private @Nullable Monotonic uninitializedSince;
    private @Nullable Monotonic raceBarredUntil;
    private @Nullable Timeline divergedFrom;
    private @Nullable Timeline claimedTimeline;
    private @Nullable Monotonic statusWrittenAt;
    private int unprovenRenewals;
    private SlotMemory slots = SlotMemory.NONE;
    private LeaderSlots leaderSlots = LeaderSlots.NONE;
    private ClusterStatus status = ClusterStatus.EMPTY;
    private Climb climb = Climb.NONE;
    private Headway headway = Headway.UNKNOWN;
    private @Nullable MemberName rebuilding;
    private SynchronousMemory synchronous =
            SynchronousMemory.FRESH.withDoubt(SyncTransition.Doubt.NONE);

    private Scene() {}

    /// A standby that streams from the leader `b`.
    public static Scene following() {
        return new Scene();
    }

    /// A primary that holds the lease for another 25 s.
    public static Scene leading() {
        return new Scene()
                .lease(new LeaderLease.Held(Facts.in(25)))
                .members(Facts.primary(Facts.A), Facts.replica(Facts.B))
                .directory(Facts.primaryData(ControlState.IN_PRODUCTION, 1, 4000))
                .process(Facts.answering(Facts.primaryStatus(1, 5000)));
    }

    /// A standby, and the leader is gone, its record with it.
    public static Scene leaderless() {
        return new Scene()
                .lease(new LeaderLease.Vacant())
                .members(Facts.replica(Facts.A))
                .process(Facts.answering(Facts.standbyStatus(1, 5000)));
    }

    /// A primary that has lost its lease while nobody else has it.
    public static Scene primaryWithoutLease() {
        return leading().lease(new LeaderLease.Vacant());
    }

    /// The store does not answer, and the lease is not ours.
    public static Scene storeSilent() {
        return new Scene()
                .storeAnswers(false)
                .lease(new LeaderLease.Unknown())
                .recorded(Facts.SYSTEM);
    }

    /// The very first start on an empty disk.
    public static Scene empty() {
        return new Scene()
                .lease(new LeaderLease.Vacant())
                .initialization(new Initialization.Absent())
                .members()
                .directory(new DataDirectory.Empty())
                .process(Facts.down());
    }

    /// Down, with data, while `b` leads.
    public static Scene rejoining() {
        return following().process(Facts.down());
    }

    public Scene wish(Wish value) {
        wish = value;
        return this;
    }

    public Scene storeAnswers(boolean value) {
        storeAnswers = value;
        return this;
    }

    public Scene holdsInitialization() {
        holdsInitialization = true;
        initialization = new Initialization.InProgress(7);
        return this;
    }

    public Scene config(Facts.ConfigBuilder value) {
        config = value.build();
        return this;
    }

    public Scene noConfigInStore() {
        configInStore = false;
        return this;
    }

    public Scene lease(LeaderLease value) {
        lease = value;
        return this;
    }

    public Scene initialization(Initialization value) {
        initialization = value;
        return this;
    }

    public Scene members(Member... value) {
        members = List.of(value);
        return this;
    }

    public Scene history(TimelineHistory value) {
        history = value;
        return this;
    }

    public Scene optime(long value) {
        optime = Facts.lsn(value);
        return this;
    }

    public Scene failover(FailoverRequest value) {
        failover = value;
        return this;
    }

    public Scene directory(DataDirectory value) {
        directory = value;
        return this;
    }

    public Scene process(ServerProcess value) {
        process = value;
        return this;
    }

    public Scene operation(Operation value) {
        operation = value;
        return this;
    }

    public Scene fencing(FencingStatus value) {
        fencing = value;
        return this;
    }

    /// Names the members of the `failsafe` key; all live at the addresses that members have.
    public Scene failsafeKey(MemberName... names) {
        failsafe = new FailsafeMembers(Facts.urls(names), 70);
        return this;
    }

    public Scene switchover(Switchover value) {
        switchover = value;
        return this;
    }

    /// With a record of a cluster, and nothing else that is known beside the store.
    public Scene recorded(@Nullable SystemIdentifier system) {
        ClusterRecord record =
                new ClusterRecord(
                        system,
                        new TreeMap<>(),
                        null,
                        null,
                        Facts.timeline(1),
                        1,
                        null,
                        new ClusterRecord.Failsafe(false, Duration.ofSeconds(30)));
        return outage(
                new Outage(
                        null, null, record, new TreeMap<>(), null, null, null, Outage.Doubt.NONE));
    }

    public Scene errand(Errand value) {
        errand = value;
        return this;
    }

    public Scene outage(Outage value) {
        outage = value;
        return this;
    }

    public Scene peers(PeerReport... value) {
        peers = List.of(value);
        return this;
    }

    public Scene tags(MemberTags value) {
        tags = value;
        return this;
    }

    public Scene startedAt(Monotonic since) {
        startedAt = since;
        return this;
    }

    public Scene neverRead(Monotonic since) {
        everRead = false;
        startedAt = since;
        return this;
    }

    public Scene primaryDownSince(Monotonic value) {
        primaryDownSince = value;
        return this;
    }

    public Scene uninitializedSince(Monotonic value) {
        uninitializedSince = value;
        return this;
    }

    public Scene raceBarredUntil(Monotonic value) {
        raceBarredUntil = value;
        return this;
    }

    /// The storage has been seen to be in trouble for as long as it is.
    public Scene storage(Storage value) {
        storage = value;
        storageTroubleSeenAt = value.troubledSince();
        return this;
    }

    public Scene storageTroubleSeenAt(Monotonic since) {
        storageTroubleSeenAt = since;
        return this;
    }

    public Scene divergedFrom(int timeline) {
        divergedFrom = Facts.timeline(timeline);
        return this;
    }

    public Scene claimedTimeline(int timeline) {
        claimedTimeline = Facts.timeline(timeline);
        return this;
    }

    public Scene statusWrittenAt(Monotonic value) {
        statusWrittenAt = value;
        return this;
    }

    public Scene unprovenRenewals(int value) {
        unprovenRenewals = value;
        return this;
    }

    public Scene sync(@Nullable SyncState value) {
        sync = value;
        return this;
    }

    public Scene synchronous(SynchronousMemory value) {
        synchronous = value;
        return this;
    }

    public Scene leaderSlots(LeaderSlots value) {
        leaderSlots = value;
        return this;
    }

    public Scene slots(SlotMemory value) {
        slots = value;
        return this;
    }

    /// What the status key says besides the position.
    public Scene publishedSlots(SortedMap<String, Lsn> positions, String... retained) {
        status = new ClusterStatus(Lsn.ZERO, positions, List.of(retained));
        return this;
    }

    public Scene climb(Climb value) {
        climb = value;
        return this;
    }

    public Scene headway(Headway value) {
        headway = value;
        return this;
    }

    public Scene rebuilding(@Nullable MemberName value) {
        rebuilding = value;
        return this;
    }

    public Observation observation() {
        ClusterView view =
                new ClusterView(
                        100,
                        initialization,
                        leaderKey(),
                        members,
                        configInStore ? config : null,
                        history,
                        50,
                        new ClusterStatus(optime, status.slots(), status.retainSlots()),
                        sync,
                        sync == null ? 0 : 60,
                        failover,
                        failsafe,
                        claimedTimeline,
                        rebuilding);
        return new Observation(
                Facts.NOW,
                Facts.profile(tags),
                wish,
                storeAnswers ? view : null,
                storeAnswers ? null : "no answer",
                holdsInitialization,
                config,
                config.timing(ClusterConfig.Company.ONLY_TAMADAS),
                lease,
                new LocalPostgres(directory, process, operation, storage, headway, leaderSlots),
                fencing,
                outage,
                switchover,
                errand,
                peers,
                Memory.fresh(startedAt)
                        .withEverRead(everRead)
                        .withPrimaryDownSince(primaryDownSince)
                        .withUninitializedSince(uninitializedSince)
                        .withSlots(slots)
                        .withClimb(climb)
                        .withUnprovenRenewals(unprovenRenewals)
                        .withDivergedFrom(divergedFrom)
                        .withStatusWrittenAt(statusWrittenAt)
                        .withRaceBarredUntil(raceBarredUntil)
                        .withStorageTroubleSeenAt(storageTroubleSeenAt)
                        .withSynchronous(synchronous));
    }

    private @Nullable LeaderKey leaderKey() {
        MemberName leader =
                switch (lease) {
                    case LeaderLease.Held _, LeaderLease.Unconfirmed _, LeaderLease.FormerLife _ ->
                            Facts.A;
                    case LeaderLease.HeldByOther(MemberName other) -> other;
                    case LeaderLease.Vacant _, LeaderLease.Unknown _ -> null;
                };
        return leader == null ? null : new LeaderKey(leader, 10, 20, 30);
    }

    public Decision decide() {
        return Decider.decide(observation());
    }
}
