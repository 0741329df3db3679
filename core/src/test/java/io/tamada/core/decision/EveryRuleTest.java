package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.OTHER_SYSTEM;
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
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.notStreaming;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.primaryWithSlots;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.running;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.storageFails;
import static io.tamada.core.Facts.storageHangs;
import static io.tamada.core.Facts.streaming;
import static io.tamada.core.Facts.succeeded;
import static io.tamada.core.Facts.tags;
import static io.tamada.core.Facts.withIdentity;
import static io.tamada.core.SyncFacts.gated;
import static io.tamada.core.SyncFacts.published;
import static io.tamada.core.SyncFacts.settled;
import static io.tamada.core.SyncFacts.streams;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.Scene;
import io.tamada.core.SyncFacts;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Headway;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.postgres.StandbyNames;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.slot.CopyMemory;
import io.tamada.core.slot.SlotMemory;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every rule can be reached. The switch below has no default: a rule without a scene does not
/// compile.
class EveryRuleTest {

    private static final LeaderLease FORMER_LIFE = new LeaderLease.FormerLife();

    @ParameterizedTest
    @EnumSource(RuleId.class)
    void everyRuleIsReachedByTheSceneThatTellsItsStory(RuleId rule) {
        assertThat(sceneOf(rule).decide().rule()).isEqualTo(rule);
    }

    @Test
    void noTwoRulesShareACode() {
        TreeSet<String> codes = new TreeSet<>();
        for (RuleId rule : RuleId.values()) {
            assertThat(codes.add(rule.code())).as(rule.code()).isTrue();
            assertThat(rule.code()).matches("[A-Z][1-9][0-9]{2,3}");
            assertThat(rule.sentence()).isNotBlank();
        }
    }

    private static Scene synchronous(ServerStatus status) {
        return Scene.leading()
                .config(config().synchronous(SynchronousMode.ON))
                .process(answering(status));
    }

    static Scene sceneOf(RuleId rule) {
        return switch (rule) {
            case STORE_AWAITED_AT_START -> Scene.storeSilent().process(down()).neverRead(ago(60));
            case STORE_SILENT_LEASE_GOOD ->
                    Scene.leading().storeAnswers(false).lease(new LeaderLease.Unconfirmed(in(25)));
            case STORE_SILENT_DEADLINE_REACHED ->
                    Scene.leading().storeAnswers(false).lease(new LeaderLease.Unconfirmed(in(9)));
            case STORE_SILENT_PRIMARY_WITHOUT_LEASE ->
                    Scene.leading().storeAnswers(false).lease(new LeaderLease.Unknown());
            case STORE_SILENT_STANDBY_GOES_ON -> Scene.storeSilent();
            case STORE_SILENT_START_READ_ONLY -> Scene.storeSilent().process(down());
            case FAILSAFE_ASKS -> FailsafeRulesTest.silentLeader(null, null);
            case FAILSAFE_KEEPS -> FailsafeRulesTest.silentLeader(in(25), ago(1));

            case RESTART_PREPARES -> OrderRulesTest.restarting(Errand.Stage.ASKED);
            case RESTART_STOPS -> OrderRulesTest.restarting(Errand.Stage.STOPPING);
            case RESTART_STARTS ->
                    OrderRulesTest.restarting(Errand.Stage.STOPPED)
                            .process(down())
                            .config(config().pause());
            case REINITIALIZE_STOPS -> OrderRulesTest.reinitializing(false);
            case REINITIALIZES -> OrderRulesTest.reinitializing(false).process(down());
            case COPY_WITHOUT_LEADER ->
                    sceneOf(RuleId.CLONE_AWAITS_LEADER).config(config().copiesWithoutLeader());
            case PAUSED_STANDBY_STARTS ->
                    Scene.following()
                            .process(down())
                            .operation(new Operation.Succeeded(Operation.Kind.CLONE, ago(1)))
                            .config(config().pause());

            case STANDBY_LEADER_FOLLOWS -> StandbyClusterRulesTest.leading();
            case STANDBY_LEADER ->
                    StandbyClusterRulesTest.leading()
                            .process(answering(Facts.streamingFrom(Facts.REMOTE, 1, 5000)));
            case STANDBY_LEADER_STARTS -> StandbyClusterRulesTest.leading().process(down());
            case STANDBY_CLUSTER_DEMOTES -> Scene.leading().config(config().standbyCluster());
            case BOOTSTRAP_FROM_REMOTE ->
                    Scene.empty().holdsInitialization().config(config().standbyCluster());

            case PAUSED_LEADER -> Scene.leading().config(config().pause());
            case PAUSED_LEADER_WITHOUT_PRIMARY ->
                    Scene.leading().config(config().pause()).process(down());
            case PAUSED_MEMBER -> Scene.following().config(config().pause());
            case PAUSED_PRIMARY_RECLAIMS -> Scene.primaryWithoutLease().config(config().pause());

            case OPERATION_RUNNING -> Scene.rejoining().operation(running(Kind.START_AS_STANDBY));
            case OPERATION_RUNNING_AS_LEADER ->
                    Scene.leading().process(down()).operation(running(Kind.START_AS_PRIMARY));
            case OPERATION_AGAINST_LOST_LEASE ->
                    Scene.leaderless().operation(running(Kind.PROMOTE));
            case OPERATION_STOP_HANGS -> SlowStopTest.stopping(60);

            case BOOTSTRAP_CLAIM -> Scene.empty();
            case BOOTSTRAP_INITDB -> Scene.empty().holdsInitialization();
            case BOOTSTRAP_FAILED ->
                    Scene.empty().holdsInitialization().operation(justFailed(Kind.INITDB, 2));
            case BOOTSTRAP_TAKE_LEASE ->
                    Scene.empty()
                            .holdsInitialization()
                            .directory(primaryData(ControlState.SHUT_DOWN, 1, 100));
            case BOOTSTRAP_START -> Scene.leading().holdsInitialization().process(down());
            case BOOTSTRAP_PROVISION -> Scene.leading().holdsInitialization();
            case BOOTSTRAP_COMPLETE ->
                    Scene.leading().holdsInitialization().operation(succeeded(Kind.PROVISION));
            case BOOTSTRAP_AWAITED ->
                    Scene.empty().initialization(new Initialization.InProgress(7));
            case CLONE_FROM_LEADER ->
                    Scene.following().directory(new DataDirectory.Empty()).process(down());
            case CLONE_FROM_STANDBY ->
                    Scene.following()
                            .members(primary(B), streaming(replica(C), tags("clonefrom", true)))
                            .directory(new DataDirectory.Empty())
                            .process(down());
            case CLONE_AWAITS_LEADER ->
                    Scene.leaderless().directory(new DataDirectory.Empty()).process(down());

            case FOREIGN_SYSTEM ->
                    Scene.rejoining().initialization(new Initialization.Done(OTHER_SYSTEM));
            case UNUSABLE_DIRECTORY ->
                    Scene.rejoining().directory(new DataDirectory.Unusable("it is a file"));
            case LEADER_RESTART_IN_PLACE -> Scene.leading().process(down());
            case LEADER_START_AS_STANDBY ->
                    Scene.leading().directory(standbyData(1, 5000)).process(down());
            case LEADER_HANDS_OVER -> Scene.leading().process(down()).primaryDownSince(ago(301));
            case LEADER_WITHOUT_DATA ->
                    Scene.leading().directory(new DataDirectory.Empty()).process(down());
            case SERVER_WITHOUT_DATA -> Scene.following().directory(new DataDirectory.Empty());
            case REWIND_NEEDED ->
                    Scene.rejoining()
                            .config(config().usePgRewind())
                            .members(member(B, MemberState.RUNNING, MemberRole.PRIMARY, 2))
                            .history(historyTo(2))
                            .directory(primaryData(ControlState.SHUT_DOWN, 1, 1500));
            case OPERATION_STALLED ->
                    Scene.rejoining()
                            .operation(running(Kind.CLONE))
                            .climb(RejoinLadderTest.watching("a clone", 300));
            case REWIND_SPENT ->
                    sceneOf(RuleId.REWIND_NEEDED).operation(justFailed(Kind.REWIND, 3));
            case RECLONE_STANDBY ->
                    Scene.rejoining()
                            .directory(standbyData(1, 4000))
                            .headway(RejoinLadderTest.gone())
                            .climb(Climb.NONE.withHopeless("it gets no further"));
            case RECLONE_WAITS -> sceneOf(RuleId.RECLONE_STANDBY).rebuilding(C);
            case RECLONE_NOT_ALLOWED ->
                    sceneOf(RuleId.RECLONE_STANDBY)
                            .headway(Headway.UNKNOWN)
                            .operation(justFailed(Kind.START_AS_STANDBY, 3));
            case START_FAILS -> Scene.rejoining().operation(failed(Kind.START_AS_STANDBY, 3));
            case REWIND_NOT_ALLOWED -> sceneOf(RuleId.REWIND_NEEDED).config(config());
            case RECLONE_DIVERGED ->
                    sceneOf(RuleId.REWIND_NEEDED).config(config().removeOnDivergence());
            case REJOIN_AS_STANDBY -> Scene.rejoining();
            case REJOIN_AWAITS_LEADER ->
                    Scene.rejoining()
                            .members(member(B, MemberState.RUNNING, MemberRole.PRIMARY, 2));
            case START_WITHOUT_LEADER -> Scene.leaderless().process(down());
            case ADOPT_STOPPED_INSTANCE ->
                    Scene.empty()
                            .directory(
                                    new DataDirectory.Ready(
                                            control(ControlState.SHUT_DOWN, 1, 100), false, false));

            case LEADER_STEADY -> Scene.leading();
            case LEADER_PROMOTES -> Scene.leading().process(answering(standbyStatus(1, 5000)));
            case LEADER_SERVER_SILENT -> Scene.leading().process(silent());
            case LEADER_CANNOT_PROMOTE ->
                    Scene.leading()
                            .process(answering(standbyStatus(1, 5000)))
                            .operation(failed(Kind.PROMOTE, 3));
            case LEADER_ADOPTS_FORMER_LIFE -> Scene.leading().lease(new LeaderLease.FormerLife());
            case LEADER_TOO_LATE ->
                    Scene.leading().lease(new LeaderLease.Held(in(9))).unprovenRenewals(1);
            case LEADER_UNFENCED_STOPS -> Scene.leading().fencing(guardMissing(ago(11)));
            case LEADER_UNFENCED_HANDS_OVER ->
                    Scene.leading().process(down()).fencing(guardMissing(ago(11)));
            case LEADER_STORAGE_FAILS -> Scene.leading().storage(storageHangs(30));
            case LEADER_STORAGE_STOP_HANGS ->
                    Scene.leading()
                            .process(silent())
                            .operation(running(Kind.STOP))
                            .storage(storageHangs(32));
            case LEADER_STORAGE_HANDS_OVER ->
                    Scene.leading().process(down()).storage(storageFails(2));
            case LEADER_STORAGE_ALONE ->
                    Scene.leading().members(primary(A)).storage(storageFails(30));

            case SYNC_PUBLISHES -> synchronous(SyncFacts.primary("", streams("b", 5000)));
            case SYNC_SETS_NAMES ->
                    synchronous(SyncFacts.primary("", streams("b", 5000)))
                            .sync(published(0))
                            .synchronous(settled("", 4000));
            case SYNC_CATCHES_UP ->
                    synchronous(SyncFacts.primary("b", streams("b", 4000)))
                            .sync(published(0))
                            .synchronous(settled("b", 5000));
            case SYNC_AWAITS_STANDBY ->
                    synchronous(SyncFacts.primary("b"))
                            .sync(published(0, "b"))
                            .synchronous(
                                    settled("b", 5000)
                                            .seen(A, published(0, "b"), SyncFacts.primary("b")));
            case SYNC_BLOCKED ->
                    synchronous(SyncFacts.primary(StandbyNames.ANYONE.text()))
                            .config(config().synchronous(SynchronousMode.ON).strict())
                            .sync(published(0))
                            .synchronous(settled(StandbyNames.ANYONE.text(), 5000));
            case SYNC_CLAIMS -> synchronous(standbyStatus(1, 5000));
            case SYNC_PREPARES ->
                    synchronous(standbyStatus(1, 5000))
                            .config(config().synchronous(SynchronousMode.ON).strict());
            case SYNC_ENDS -> Scene.leading().sync(published(0));
            case GATE_SHUT ->
                    synchronous(gated("b", streams("b", 4000)))
                            .sync(published(0, "b"))
                            .synchronous(settled("b", 5000));
            case GATE_OPENS ->
                    synchronous(gated("b", streams("b", 5000)))
                            .sync(published(0, "b"))
                            .synchronous(settled("b", 5000));
            case SYNC_RESTARTS -> synchronous(SyncFacts.primary("b")).process(down());

            case RACE_WON_BY_RIGHT -> Scene.leaderless();
            case RACE_PRIMARY_CONTINUES -> Scene.primaryWithoutLease();
            case RACE_NOT_OURS -> Scene.leaderless().tags(tags("nofailover", true));
            case RACE_OUTDATED_PRIMARY -> Scene.primaryWithoutLease().history(historyTo(2));
            case RACE_SERVER_NOT_READY -> Scene.leaderless().process(silent());
            case RACE_CONSENTED -> FailsafeRulesTest.consented(in(5));
            case RACE_CONSENT_ENDS -> FailsafeRulesTest.keptWithoutKey(in(5));
            case RACE_STORE_DOUBTED -> StoreDoubtRulesTest.wiped(ago(1));
            case LEADER_KEY_DOUBTED -> StoreDoubtRulesTest.outdated(ago(1)).lease(FORMER_LIFE);
            case CLUSTER_RECORDED -> StoreDoubtRulesTest.withoutData();
            case RACE_UNFENCED -> Scene.leaderless().fencing(guardMissing(ago(1)));

            case FOLLOWING -> Scene.following();
            case DEPOSED_PRIMARY_STOPS -> Scene.leading().lease(new LeaderLease.HeldByOther(B));
            case FOLLOW_NEW_LEADER -> Scene.following().process(answering(standbyStatus(1, 5000)));
            case STANDBY_DIVERGED ->
                    Scene.following()
                            .members(member(B, MemberState.RUNNING, MemberRole.PRIMARY, 2))
                            .history(historyTo(2))
                            .process(answering(standbyStatus(1, 1001)));
            case STANDBY_NOT_READY -> Scene.following().process(silent());
            case LEADER_NOT_READY ->
                    Scene.following()
                            .members(member(B, MemberState.STARTING, MemberRole.REPLICA, 1));
            case FOLLOW_OTHER_MEMBER ->
                    Scene.following()
                            .members(primary(B), streaming(replica(C), tags()))
                            .tags(tags("replicatefrom", "c"));
            case FOLLOW_ARCHIVE ->
                    Scene.following()
                            .tags(tags("nostream", true))
                            .process(answering(notStreaming(AT_B, 1, 5000)));
            case STANDBY_STUCK -> RejoinLadderTest.thirsty(RejoinLadderTest.gone(), 10);
            case STANDBY_HELD_UP ->
                    sceneOf(RuleId.STANDBY_STUCK).config(config().rejoin(false, 0, 300));
            case STANDBY_GETS_NOTHING ->
                    RejoinLadderTest.thirsty(new Headway(1, false, false, null), 300);
            case NAME_TAKEN ->
                    Scene.leading()
                            .lease(new LeaderLease.FormerLife())
                            .members(withIdentity(primary(A), "another installation"));

            case SLOT_UNKNOWN -> withSlot(idleSlot(1)).slots(slotMemory("none"));
            case SLOT_EXPIRED -> withSlot(idleSlot(1)).slots(slotMemory("c"));
            case SLOT_OVER_BUDGET ->
                    withSlot(idleSlot(1))
                            .members(primary(A), replica(C))
                            .config(
                                    config().slots(
                                                    new SlotSettings(
                                                            Duration.ofMinutes(30),
                                                            new TreeMap<>(),
                                                            List.of(),
                                                            new SlotSettings.WalBudget(
                                                                    100L, null, Duration.ZERO))));
            case SLOT_LOST -> withSlot(slot(true, true)).members(primary(A), replica(C));
            case SLOT_UNFIT -> withSlot(slot(false, false)).members(primary(A), replica(C));
            case SLOT_LEFT_BEHIND -> {
                TreeMap<String, Lsn> published = new TreeMap<>();
                published.put("feed", lsn(1));
                yield Scene.leading()
                        .process(answering(Facts.decoding(Facts.primaryStatus(1, 5000))))
                        .publishedSlots(published)
                        .config(config().slots(feed()));
            }
            case SLOT_UNSAFE -> {
                TreeMap<String, CopyMemory.Awaited> doubt = new TreeMap<>();
                doubt.put("feed", new CopyMemory.Awaited(null));
                CopyMemory copies =
                        new CopyMemory(null, "", new TreeSet<>(), new TreeMap<>(), doubt);
                yield withSlot(logicalSlot())
                        .config(config().slots(feed()))
                        .slots(
                                new SlotMemory(
                                        true,
                                        ago(3600),
                                        new TreeMap<>(),
                                        new TreeSet<>(),
                                        new TreeMap<>(),
                                        copies));
            }
            case SLOT_COPIED -> {
                TreeMap<String, Lsn> published = new TreeMap<>();
                published.put("feed", lsn(1));
                TreeMap<String, LeaderSlots.OnLeader> there = new TreeMap<>();
                there.put("feed", new LeaderSlots.OnLeader("app", "pgoutput", 7L, false));
                yield Scene.following()
                        .process(
                                answering(
                                        Facts.decoding(
                                                Facts.standbyWithSlots(lsn(5000), List.of()))))
                        .publishedSlots(published)
                        .config(config().slots(feed()))
                        .leaderSlots(
                                new LeaderSlots(
                                        Facts.AT_B, true, there, new TreeSet<>(), new TreeSet<>()));
            }

            case SHUTDOWN_STOPS_SERVER -> Scene.leading().wish(Wish.SHUT_DOWN);
            case SHUTDOWN_STOP_HANGS -> SlowStopTest.stopping(60).wish(Wish.SHUT_DOWN);
            case SHUTDOWN_HANDS_OVER -> Scene.leading().process(down()).wish(Wish.SHUT_DOWN);
            case SHUTDOWN_COMPLETE -> Scene.rejoining().wish(Wish.SHUT_DOWN);
            case SHUTDOWN_IN_PAUSE -> Scene.leading().config(config().pause()).wish(Wish.SHUT_DOWN);

            case SWITCHOVER_PREPARES -> SwitchoverRulesTest.asked(null);
            case SWITCHOVER_STOPS -> SwitchoverRulesTest.asked(SwitchoverRulesTest.begun(4000));
            case SWITCHOVER_HANDS_OVER -> SwitchoverRulesTest.stopped();
            case SWITCHOVER_CLEARED -> SwitchoverRulesTest.asked(null).peers();
            case REQUESTED_TAKES_OVER -> SwitchoverRulesTest.leaderless("a");
            case REQUESTED_AWAITED -> SwitchoverRulesTest.leaderless("b");
        };
    }

    private static SlotState idleSlot(long restart) {
        return new SlotState("c", true, false, lsn(restart));
    }

    private static SlotState slot(boolean physical, boolean lost) {
        return new SlotState("c", physical, null, null, false, null, null, false, lost, false);
    }

    private static Scene withSlot(SlotState slot) {
        return Scene.leading()
                .members(primary(A))
                .process(answering(primaryWithSlots(List.of(slot))));
    }

    /// Slot `c` has been idle for a long time.
    private static SlotMemory slotMemory(String expired) {
        TreeMap<String, Monotonic> idle = new TreeMap<>();
        idle.put("c", ago(3600));
        return new SlotMemory(
                true,
                ago(3600),
                new TreeMap<>(),
                new TreeSet<>(List.of(expired)),
                idle,
                CopyMemory.NONE);
    }

    /// A permanent logical slot.
    private static SlotSettings feed() {
        TreeMap<String, SlotSettings.Permanent> feed = new TreeMap<>();
        feed.put(
                "feed",
                new SlotSettings.Permanent(
                        new SlotSettings.Logical("app", "pgoutput"), SlotSettings.ClusterKind.ANY));
        return new SlotSettings(
                Duration.ofMinutes(30), feed, List.of(), SlotSettings.WalBudget.UNLIMITED);
    }

    private static SlotState logicalSlot() {
        return new SlotState(
                "feed", false, "app", "pgoutput", false, lsn(1), lsn(1), false, false, false);
    }
}
