package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.replayingPeer;
import static io.tamada.core.Facts.running;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.timeline;
import static io.tamada.core.Facts.urls;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.failover.StoreDoubt;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A store that was wiped or restored from an old snapshot.
class StoreDoubtRulesTest {

    private static Outage doubting(@Nullable ClusterRecord record, Outage.Doubt doubt) {
        return new Outage(null, null, record, new TreeMap<>(), null, null, null, doubt);
    }

    private static Outage recorded(
            StoreDoubt doubt, int timeline, @Nullable Monotonic since, MemberName... members) {
        ClusterRecord record =
                new ClusterRecord(
                        SYSTEM,
                        urls(members),
                        B,
                        null,
                        timeline(timeline),
                        0,
                        "{}",
                        new ClusterRecord.Failsafe(false, Duration.ofSeconds(30)));
        return doubting(record, new Outage.Doubt(doubt, since, 1_000, false, null));
    }

    /// A standby of a cluster of three, and the store shows nothing.
    static Scene wiped(@Nullable Monotonic since) {
        return Scene.leaderless()
                .initialization(new Initialization.Absent())
                .uninitializedSince(ago(3600))
                .outage(recorded(StoreDoubt.WIPED, 1, since, A, B, C));
    }

    /// A standby on timeline 3, and the store shows the cluster on timeline 2.
    static Scene outdated(@Nullable Monotonic since) {
        return Scene.leaderless()
                .history(historyTo(2))
                .directory(standbyData(3, 5000))
                .process(answering(standbyStatus(3, 5000)))
                .outage(recorded(StoreDoubt.OUTDATED, 3, since, A, B, C));
    }

    static Scene withoutData() {
        return Scene.empty()
                .uninitializedSince(ago(1))
                .outage(recorded(StoreDoubt.WIPED, 1, ago(1), A, B));
    }

    private static PeerReport standby(MemberName name, int timeline, long position) {
        return new PeerReport.Answered(
                name, false, timeline(timeline), lsn(position), MemberTags.NONE, false);
    }

    @Test
    void aPrimaryThatStillRunsGetsOneTtlToRepairTheStore() {
        Scene young = wiped(ago(29)).peers(standby(B, 1, 5000), standby(C, 1, 5000));
        assertThat(young.decide().because()).contains("may repair it first");
        assertThat(young.outage(recorded(StoreDoubt.WIPED, 1, ago(30), A, B, C)).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    /// Seed 84 of the simulator with tags: what two members had that never lead was given up for a
    /// standby that had been away for an hour.
    @Test
    void whoeverNeverLeadsIsHeardAllTheSameWhereTheStoreDoesNotSayHowFarTheLeaderCame() {
        MemberTags never = new MemberTags(new TreeMap<>(Map.of("nofailover", true)));
        PeerReport slightlyAhead =
                new PeerReport.Answered(B, false, timeline(1), lsn(5001), never, false);
        PeerReport farAhead =
                new PeerReport.Answered(B, false, timeline(1), lsn(9_000_000), never, false);
        PeerReport later = new PeerReport.Answered(B, false, timeline(2), lsn(4000), never, false);
        Scene doubted = wiped(ago(60));
        assertThat(doubted.peers(slightlyAhead, standby(C, 1, 5000)).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        for (PeerReport ahead : List.of(farAhead, later)) {
            Decision decision = doubted.peers(ahead, standby(C, 1, 5000)).decide();
            assertThat(decision.rule()).isEqualTo(RuleId.RACE_STORE_DOUBTED);
            assertThat(decision.because()).contains("b may not lead, but is ahead");
        }
        Scene promised =
                doubted.config(config().synchronous(SynchronousMode.ON))
                        .peers(slightlyAhead, standby(C, 1, 5000));
        assertThat(promised.decide().rule()).isEqualTo(RuleId.RACE_STORE_DOUBTED);
    }

    @Test
    void aMajorityOfTheRecordedMembersMustAnswer() {
        Scene alone = wiped(ago(60)).peers(new PeerReport.Unreachable(B, "gone"));
        assertThat(alone.decide().rule()).isEqualTo(RuleId.RACE_STORE_DOUBTED);
        assertThat(alone.decide().because())
                .contains("1 of 3 recorded members answer, 2 are needed; missing: b, c")
                .contains("failover key");
        assertThat(alone.peers(replayingPeer(C, 1, 5000)).decide().because())
                .as("nothing to compare yet")
                .contains("1 of 3 recorded members answer");
        assertThat(alone.peers(standby(C, 1, 5000)).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        assertThat(wiped(ago(60)).outage(recorded(StoreDoubt.WIPED, 1, ago(60), A)).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void inSynchronousModeNobodyWhoMayHaveAnAcknowledgedCommitIsLeftOut() {
        Scene one = wiped(ago(60)).peers(standby(C, 1, 5000));
        assertThat(one.config(config().synchronous(SynchronousMode.ON)).decide().because())
                .contains("2 of 3 recorded members answer, 3 are needed; missing: b");
        assertThat(one.config(config().synchronous(SynchronousMode.ON).strict()).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        Scene both = wiped(ago(60)).peers(standby(B, 1, 5000), standby(C, 1, 5000));
        assertThat(both.config(config().synchronous(SynchronousMode.ON)).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void whoRestoresASynchronousClusterLetsNobodyElseBeElectedFirst() {
        Decision restores =
                Scene.leading()
                        .initialization(new Initialization.Absent())
                        .config(config().synchronous(SynchronousMode.ON))
                        .operation(new Operation.Succeeded(Operation.Kind.PROVISION, ago(1)))
                        .decide();
        assertThat(restores.rule()).isEqualTo(RuleId.BOOTSTRAP_COMPLETE);
        assertThat(restores.plan())
                .containsSubsequence(
                        new Action.WriteSync(SyncState.leaderOnly(A)),
                        new Action.CompleteInitialization(SYSTEM));
    }

    @Test
    void theMostAdvancedOfThemWins() {
        Decision behind = wiped(ago(60)).peers(standby(C, 1, 5001)).decide();
        assertThat(behind.rule()).isEqualTo(RuleId.RACE_NOT_OURS);
        assertThat(behind.because()).contains("Wal position of c is ahead");
    }

    @Test
    void aStoreThatIsOlderThanTheRecordProvesNothing() {
        assertThat(outdated(ago(1)).decide().because()).contains("timeline 2, not 3");
        Scene late = outdated(ago(60));
        assertThat(late.decide().rule()).isEqualTo(RuleId.RACE_STORE_DOUBTED);
        assertThat(late.peers(standby(C, 3, 5000)).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        assertThat(late.peers(standby(C, 4, 1)).decide().rule()).isEqualTo(RuleId.RACE_NOT_OURS);
    }

    @Test
    void aKeyInAnOutdatedStoreMakesNoStandbyALeader() {
        Scene former = outdated(ago(1)).lease(new LeaderLease.FormerLife());
        assertThat(former.decide().plan()).isEmpty();
        assertThat(former.outage(recorded(StoreDoubt.NONE, 3, null, A, B)).decide().rule())
                .isEqualTo(RuleId.LEADER_ADOPTS_FORMER_LIFE);
        assertThat(outdated(ago(1)).lease(new LeaderLease.Held(in(25))).decide().plan())
                .containsExactly(new Action.ReleaseLease("the store has gone back"));
        Outage old = recorded(StoreDoubt.OUTDATED, 3, ago(1), A, B);
        for (Decision decision :
                List.of(
                        Scene.leading().outage(old).decide(),
                        Scene.leading().lease(new LeaderLease.FormerLife()).outage(old).decide(),
                        Scene.leading()
                                .outage(old)
                                .operation(running(Operation.Kind.PROVISION))
                                .decide(),
                        Scene.leading()
                                .outage(old)
                                .operation(running(Operation.Kind.STOP))
                                .decide())) {
            assertThat(decision.rule()).isEqualTo(RuleId.LEADER_KEY_DOUBTED);
            assertThat(decision.plan())
                    .containsExactly(
                            new Action.Instance(new PostgresCommand.Stop(StopMode.IMMEDIATE)));
        }
    }

    /// Written once more, it passed for a key that was won since.
    @Test
    void aKeyOfFormerTimesIsNotRenewedWhateverElseIsDone() {
        Outage old = recorded(StoreDoubt.OUTDATED, 3, ago(1), A, B);
        for (Scene scene :
                List.of(
                        outdated(ago(1)).operation(running(Operation.Kind.STOP)),
                        Scene.leading().config(config().pause()),
                        Scene.leading().wish(Wish.SHUT_DOWN))) {
            assertThat(scene.lease(new LeaderLease.Held(in(25))).outage(old).decide().plan())
                    .isNotEmpty()
                    .doesNotContain(new Action.RenewLease());
        }
    }

    @Test
    void aPromotionLeavesRoomForThoseOfWhichNobodyHereHasHeard() {
        Scene elected =
                Scene.leading()
                        .initialization(new Initialization.Absent())
                        .directory(standbyData(1, 5000))
                        .process(answering(standbyStatus(1, 5000)));
        assertThat(elected.decide().plan())
                .contains(new Action.Instance(new PostgresCommand.Promote(timeline(2))));
        Outage wiped =
                doubting(
                        recorded(StoreDoubt.WIPED, 3, ago(60), A, B, C).record(),
                        new Outage.Doubt(StoreDoubt.WIPED, ago(60), 5, false, timeline(4)));
        assertThat(elected.outage(wiped).decide().plan())
                .contains(new Action.Instance(new PostgresCommand.Promote(timeline(14))));
    }

    @Test
    void whoHasLedEverSinceGoesOnByItsOldKey() {
        Outage led =
                doubting(
                        recorded(StoreDoubt.OUTDATED, 3, ago(1), A, B).record(),
                        new Outage.Doubt(StoreDoubt.OUTDATED, ago(1), 1_000, true, null));
        assertThat(Scene.leading().outage(led).decide().rule()).isEqualTo(RuleId.LEADER_STEADY);
    }

    /// What a former leader by an old key has is less than what is given up for it.
    @Test
    void nobodyIsRewoundOrReplacedForALeaderOfFormerTimes() {
        Scene former =
                Scene.rejoining()
                        .members(member(B, MemberState.RUNNING, MemberRole.PRIMARY, 2))
                        .history(historyTo(2))
                        .directory(primaryData(ControlState.SHUT_DOWN, 1, 1500))
                        .config(config().usePgRewind())
                        .outage(recorded(StoreDoubt.OUTDATED, 3, ago(1), A, B));
        assertThat(former.decide().rule()).isEqualTo(RuleId.LEADER_NOT_READY);
        assertThat(former.decide().because()).startsWith("the store has gone back");
        assertThat(former.decide().plan())
                .contains(new Action.Instance(new PostgresCommand.StartAsStandby(null)));
        assertThat(former.outage(recorded(StoreDoubt.NONE, 3, null, A, B)).decide().rule())
                .isEqualTo(RuleId.REWIND_NEEDED);
        assertThat(
                        former.config(config().removeOnDivergence())
                                .outage(recorded(StoreDoubt.OUTDATED, 3, ago(1), A, B))
                                .decide()
                                .rule())
                .isEqualTo(RuleId.LEADER_NOT_READY);
    }

    @Test
    void anOperatorOverrulesTheDoubtByNamingTheMember() {
        Scene named = wiped(ago(60)).failover(new FailoverRequest(null, "a", null, null, 60));
        assertThat(named.decide().rule()).isEqualTo(RuleId.REQUESTED_TAKES_OVER);
        assertThat(
                        wiped(ago(29))
                                .failover(new FailoverRequest(null, "a", null, null, 60))
                                .decide()
                                .rule())
                .as("a primary that the store does not show may still be within its term")
                .isEqualTo(RuleId.REQUESTED_AWAITED);
        assertThat(named.failover(new FailoverRequest("b", "a", null, null, 60)).decide().rule())
                .as("a switchover says nothing of the doubt")
                .isEqualTo(RuleId.RACE_STORE_DOUBTED);
    }

    @Test
    void aRunningPrimaryRepairsTheStoreAtOnce() {
        Scene primary =
                Scene.primaryWithoutLease()
                        .initialization(new Initialization.Absent())
                        .outage(recorded(StoreDoubt.WIPED, 1, ago(0), A, B, C));
        assertThat(primary.decide().rule()).isEqualTo(RuleId.RACE_PRIMARY_CONTINUES);
    }

    /// It has only seen that others were there before the store was emptied.
    @Test
    void whoWasInNoClusterYetCreatesNoneInAnEmptiedStoreBesideThoseThatItHasSeen() {
        ClusterRecord before =
                new ClusterRecord(
                        null,
                        urls(A, B),
                        null,
                        null,
                        timeline(1),
                        90,
                        null,
                        new ClusterRecord.Failsafe(false, Duration.ofSeconds(30)));
        Scene emptied =
                Scene.empty()
                        .uninitializedSince(ago(3600))
                        .outage(
                                doubting(
                                        before,
                                        new Outage.Doubt(
                                                StoreDoubt.WIPED, ago(60), 0, false, null)));
        assertThat(emptied.decide().rule()).isEqualTo(RuleId.CLUSTER_RECORDED);
        assertThat(emptied.peers(new PeerReport.Unreachable(B, "gone")).decide().rule())
                .isEqualTo(RuleId.CLUSTER_RECORDED);
        assertThat(emptied.peers(new PeerReport.WithoutData(B)).decide().rule())
                .isEqualTo(RuleId.BOOTSTRAP_CLAIM);
        assertThat(emptied.outage(doubting(before, Outage.Doubt.NONE)).decide().rule())
                .as("one that is only new waits for nobody")
                .isEqualTo(RuleId.BOOTSTRAP_CLAIM);
    }

    @Test
    void whoIsCreatingAClusterGivesUpWhenAMemberWithDataComes() {
        Scene created =
                Scene.leaderless()
                        .initialization(new Initialization.InProgress(7))
                        .holdsInitialization()
                        .directory(primaryData(ControlState.SHUT_DOWN, 1, 100))
                        .process(down());
        assertThat(created.members().decide().rule()).isEqualTo(RuleId.BOOTSTRAP_TAKE_LEASE);
        assertThat(
                        created.members(member(B, MemberState.STOPPED, MemberRole.REPLICA, 1))
                                .decide()
                                .plan())
                .contains(new Action.AbandonInitialization());
        assertThat(
                        created.members(member(B, MemberState.STOPPED, MemberRole.UNINITIALIZED, 1))
                                .decide()
                                .rule())
                .isEqualTo(RuleId.BOOTSTRAP_TAKE_LEASE);
    }

    /// A second primary would begin on the very timeline that the first one had.
    @Test
    void aStandbyOfARecordedClusterIsNeverStartedAsAFirstPrimary() {
        Scene held =
                Scene.leading()
                        .initialization(new Initialization.InProgress(7))
                        .directory(standbyData(1, 5000))
                        .process(answering(standbyStatus(1, 5000)));
        assertThat(held.decide().rule()).isEqualTo(RuleId.BOOTSTRAP_START);
        assertThat(held.outage(recorded(StoreDoubt.NONE, 1, null, A, B)).decide().rule())
                .isEqualTo(RuleId.LEADER_PROMOTES);
    }

    @Test
    void whoLostItsDataCreatesNoNewClusterBesideTheOneItKnew() {
        assertThat(withoutData().uninitializedSince(ago(3600)).decide().because())
                .contains("whether b still has data");
        assertThat(withoutData().peers(new PeerReport.WithoutData(B)).decide().rule())
                .as("it says itself that it has none")
                .isEqualTo(RuleId.BOOTSTRAP_CLAIM);
        assertThat(withoutData().outage(recorded(StoreDoubt.WIPED, 1, ago(1), A)).decide().rule())
                .isEqualTo(RuleId.BOOTSTRAP_CLAIM);
    }
}
