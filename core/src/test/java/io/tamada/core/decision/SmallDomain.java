package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.OTHER_SYSTEM;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.control;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.failed;
import static io.tamada.core.Facts.guardMissing;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.justFailed;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.profile;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.running;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.storageHangs;
import static io.tamada.core.Facts.streamingFrom;
import static io.tamada.core.Facts.succeeded;
import static io.tamada.core.Facts.timeline;

import io.tamada.core.Facts;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Headway;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.Storage;
import io.tamada.core.time.Monotonic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Every combination of a few values of everything that a decision looks at. Many of them cannot
/// happen; a decision must be safe in those too, since a snapshot of a moving world may show
/// them.
final class SmallDomain {

    private static final List<LeaderLease> LEASES =
            List.of(
                    new LeaderLease.Held(in(25)),
                    new LeaderLease.Held(in(9)),
                    new LeaderLease.Held(ago(1)),
                    new LeaderLease.Unconfirmed(in(25)),
                    new LeaderLease.Unconfirmed(in(9)),
                    new LeaderLease.FormerLife(),
                    new LeaderLease.HeldByOther(B),
                    new LeaderLease.Vacant(),
                    new LeaderLease.Unknown());

    private static final List<ServerProcess> PROCESSES =
            List.of(
                    answering(primaryStatus(1, 5000)),
                    answering(standbyStatus(1, 5000)),
                    answering(streamingFrom(AT_B, 2, 5000)),
                    silent(),
                    down());

    private static final List<DataDirectory> DIRECTORIES =
            List.of(
                    new DataDirectory.Empty(),
                    new DataDirectory.Unusable("a file"),
                    new DataDirectory.Interrupted("clone"),
                    new DataDirectory.Interrupted("rewind"),
                    primaryData(ControlState.SHUT_DOWN, 1, 500),
                    primaryData(ControlState.IN_PRODUCTION, 1, 1500),
                    new DataDirectory.Ready(control(ControlState.SHUT_DOWN, 2, 1500), false, false),
                    standbyData(1, 5000),
                    standbyData(2, 1500));

    private static final List<ClusterConfig> CONFIGS =
            List.of(
                    config().build(),
                    config().pause().build(),
                    config().usePgRewind().removeOnRewindFailure().build(),
                    config().removeOnDivergence().checkTimeline().build());

    private static final List<Storage> STORAGES = List.of(Storage.UNPROBED, storageHangs(60));

    /// What the settings allow to repair has nothing to do with a disk that hangs.
    private static List<ClusterConfig> configs(Storage storage) {
        return storage.trouble() == null ? CONFIGS : CONFIGS.subList(0, 2);
    }

    private static final List<Member> LEADER_RECORDS =
            List.of(
                    member(B, MemberState.RUNNING, MemberRole.PRIMARY, 1),
                    member(B, MemberState.RUNNING, MemberRole.PRIMARY, 2),
                    member(B, MemberState.START_FAILED, MemberRole.REPLICA, 1));

    private SmallDomain() {}

    static void forEach(Consumer<Observation> visitor) {
        List<Operation> operations = operations();
        for (LeaderLease lease : LEASES) {
            List<Memory> memories =
                    switch (lease) {
                        case LeaderLease.Held _ -> LEADER_MEMORIES;
                        case LeaderLease.Vacant _ -> VACANT_MEMORIES;
                        case LeaderLease.Unconfirmed _,
                                LeaderLease.FormerLife _,
                                LeaderLease.HeldByOther _,
                                LeaderLease.Unknown _ ->
                                MEMORIES;
                    };
            List<Headway> headways =
                    lease instanceof LeaderLease.HeldByOther ? HEADWAYS : HEADWAYS.subList(0, 1);
            for (ClusterView view : views(lease)) {
                for (DataDirectory directory : DIRECTORIES) {
                    for (ServerProcess process : PROCESSES) {
                        for (Operation operation : operations) {
                            for (Headway headway : headways) {
                                for (Storage storage : STORAGES) {
                                    var postgres =
                                            new LocalPostgres(
                                                    directory, process, operation, storage,
                                                    headway);
                                    for (ClusterConfig config : configs(storage)) {
                                        for (Memory memory : memories) {
                                            visit(
                                                    visitor,
                                                    lease,
                                                    view,
                                                    postgres,
                                                    config,
                                                    memory.withStorageTroubleSeenAt(
                                                            storage.troubledSince()));
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static final List<Headway> HEADWAYS = List.of(Headway.UNKNOWN, RejoinLadderTest.gone());

    private static final List<Memory> MEMORIES =
            List.of(
                    memory(0, null, null),
                    memory(0, null, null)
                            .withClimb(
                                    RejoinLadderTest.watching(Climbing.RECEIPT, 9999)
                                            .withHopeless("it gets no further")));

    private static final List<Memory> VACANT_MEMORIES =
            List.of(memory(0, null, ago(3600)), memory(0, null, null));

    private static final List<Memory> LEADER_MEMORIES =
            List.of(memory(0, null, null), memory(1, null, null), memory(0, ago(3600), null));

    private static Memory memory(
            int unproven, @Nullable Monotonic downSince, @Nullable Monotonic uninitializedSince) {
        return Memory.fresh(ago(3600))
                .withEverRead(true)
                .withPrimaryDownSince(downSince)
                .withUninitializedSince(uninitializedSince)
                .withUnprovenRenewals(unproven);
    }

    private static List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        all.add(new Operation.None());
        all.add(succeeded(Operation.Kind.PROVISION));
        for (Operation.Kind kind : Operation.Kind.values()) {
            all.add(running(kind));
        }
        for (Operation.Kind kind :
                List.of(
                        Operation.Kind.INITDB,
                        Operation.Kind.PROVISION,
                        Operation.Kind.REWIND,
                        Operation.Kind.PROMOTE)) {
            all.add(failed(kind, 3));
        }
        all.add(justFailed(Operation.Kind.INITDB, 2));
        all.add(justFailed(Operation.Kind.REWIND, 2));
        return all;
    }

    /// With the views that fit the lease; a null stands for a store that does not answer.
    private static List<@Nullable ClusterView> views(LeaderLease lease) {
        MemberName leader =
                switch (lease) {
                    case LeaderLease.Held _, LeaderLease.FormerLife _ -> A;
                    case LeaderLease.HeldByOther(MemberName other) -> other;
                    case LeaderLease.Vacant _, LeaderLease.Unconfirmed _, LeaderLease.Unknown _ ->
                            null;
                };
        List<@Nullable ClusterView> views = new ArrayList<>();
        if (lease instanceof LeaderLease.Unconfirmed || lease instanceof LeaderLease.Unknown) {
            views.add(null);
            return views;
        }
        for (Initialization initialization :
                List.of(
                        new Initialization.Absent(),
                        new Initialization.InProgress(1),
                        new Initialization.Done(SYSTEM),
                        new Initialization.Done(OTHER_SYSTEM))) {
            for (Member record : recordsFor(initialization)) {
                int timeline = record.timeline() == null ? 1 : record.timeline().id();
                views.add(
                        new ClusterView(
                                100,
                                initialization,
                                leader == null ? null : new LeaderKey(leader, 10, 20, 30),
                                List.of(replica(A), record),
                                CONFIGS.getFirst(),
                                historyTo(timeline),
                                50,
                                ClusterStatus.EMPTY,
                                null,
                                0,
                                null,
                                FailsafeMembers.NONE,
                                null));
            }
        }
        return views;
    }

    /// What the leader says of itself matters most where the cluster is known to be ours.
    private static List<Member> recordsFor(Initialization initialization) {
        return switch (initialization) {
            case Initialization.Absent _, Initialization.InProgress _ ->
                    LEADER_RECORDS.subList(0, 2);
            case Initialization.Done(var system) ->
                    system.equals(SYSTEM) ? LEADER_RECORDS : LEADER_RECORDS.subList(0, 1);
        };
    }

    private static void visit(
            Consumer<Observation> visitor,
            LeaderLease lease,
            @Nullable ClusterView view,
            LocalPostgres postgres,
            ClusterConfig config,
            Memory memory) {
        boolean inProgress =
                view != null && view.initialization() instanceof Initialization.InProgress;
        for (Wish wish : Wish.values()) {
            visitor.accept(observation(lease, view, postgres, config, memory, wish, Claim.NONE));
            if (inProgress) {
                visitor.accept(
                        observation(lease, view, postgres, config, memory, wish, Claim.OURS));
            }
        }
        if (lease instanceof LeaderLease.Held || lease instanceof LeaderLease.Vacant) {
            visitor.accept(
                    new Observation(
                            Facts.NOW,
                            PROFILE,
                            Wish.RUN,
                            view,
                            null,
                            false,
                            config,
                            config.timing(ClusterConfig.Company.ONLY_TAMADAS),
                            lease,
                            postgres,
                            guardMissing(ago(3600)),
                            Outage.NONE,
                            Switchover.NONE,
                            null,
                            List.of(),
                            memory));
        }
    }

    private enum Claim {
        NONE,
        OURS
    }

    private static Observation observation(
            LeaderLease lease,
            @Nullable ClusterView view,
            LocalPostgres postgres,
            ClusterConfig config,
            Memory memory,
            Wish wish,
            Claim claim) {
        return new Observation(
                Facts.NOW,
                PROFILE,
                wish,
                view,
                view == null ? "no answer" : null,
                claim == Claim.OURS,
                config,
                config.timing(ClusterConfig.Company.ONLY_TAMADAS),
                lease,
                postgres,
                FencingStatus.OFF,
                Outage.NONE,
                Switchover.NONE,
                null,
                List.of(),
                memory);
    }

    private static final io.tamada.core.member.MemberProfile PROFILE = profile(MemberTags.NONE);
}
