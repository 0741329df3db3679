package io.tamada.core.loop;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.guardMissing;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.primaryPeer;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.profile;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.streamingFrom;
import static io.tamada.core.Facts.withIdentity;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.decision.Action;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.RuleId;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.port.ClusterStore.AcquireOutcome;
import io.tamada.core.port.ClusterStore.ReadOutcome;
import io.tamada.core.port.ClusterStore.RenewOutcome;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.Fencing;
import io.tamada.core.port.LoopJournal;
import io.tamada.core.port.PeerProbe;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HaLoopTest {

    private final FakeStore store = new FakeStore();
    private final FakePostgres postgres = new FakePostgres(primaryServer());
    private final WriteDeadline deadline = new WriteDeadline();
    private final SnapshotBoard board = new SnapshotBoard();
    private final List<RuleId> rules = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> lostRaces = new ArrayList<>();
    private final FakeFencing fencing = new FakeFencing();
    private final FakeOutage outage = new FakeOutage();
    private final List<String> unfenced = new ArrayList<>();
    private final List<LeaseTiming> timings = new ArrayList<>();
    private final List<Duration> peerTimeouts = new ArrayList<>();
    private final List<MemberName> asked = new ArrayList<>();
    private List<PeerReport> reports = List.of();
    private final Shown settings = new Shown();
    private Monotonic now = NOW;

    /// What the store shows.
    private static final class Shown {
        Initialization initialization = new Initialization.Done(SYSTEM);
        Facts.ConfigBuilder config = config();
        List<Member> members = List.of(primary(A), replica(B));
    }

    private final OrderBoard orders = new OrderBoard();
    private final HaLoop loop =
            new HaLoop(
                    new HaLoop.Ports(
                            store,
                            postgres,
                            new PeerProbe() {
                                @Override
                                public List<PeerReport> ask(
                                        List<Member> members, Duration timeout) {
                                    peerTimeouts.add(timeout);
                                    members.forEach(member -> asked.add(member.name()));
                                    return reports;
                                }
                            },
                            fencing,
                            outage.ports(),
                            orders,
                            () -> now,
                            new LoopJournal() {
                                @Override
                                public void decided(Decision decision) {
                                    rules.add(decision.rule());
                                }

                                @Override
                                public void timingChanged(
                                        LeaseTiming inForce, ClusterConfig wanted) {
                                    timings.add(inForce);
                                }

                                @Override
                                public void fencing(@Nullable String missing) {
                                    unfenced.add(String.valueOf(missing));
                                }

                                @Override
                                public void raceLost(String reason) {
                                    lostRaces.add(reason);
                                }

                                @Override
                                public void failed(Action action, String reason) {
                                    failures.add(reason);
                                }
                            }),
                    () -> profile(MemberTags.NONE),
                    config -> config,
                    ClusterConfig.DEFAULTS,
                    deadline,
                    board);

    private static LocalPostgres primaryServer() {
        return new LocalPostgres(
                primaryData(ControlState.IN_PRODUCTION, 1, 100),
                answering(primaryStatus(1, 5000)),
                new Operation.None());
    }

    private static LocalPostgres standbyServer() {
        return new LocalPostgres(
                standbyData(1, 5000),
                answering(streamingFrom(AT_B, 1, 5000)),
                new Operation.None());
    }

    private static LocalPostgres downServer() {
        return new LocalPostgres(
                primaryData(ControlState.SHUT_DOWN, 1, 100), down(), new Operation.None());
    }

    /// A leader's record runs out with its key.
    private void shows(@Nullable MemberName leader) {
        List<Member> members =
                settings.members.stream()
                        .filter(member -> leader != null || !member.name().equals(B))
                        .toList();
        ClusterView view =
                new ClusterView(
                        1,
                        settings.initialization,
                        leader == null ? null : new LeaderKey(leader, 1, 1, 1),
                        members,
                        settings.config.build(),
                        historyTo(1),
                        0,
                        new ClusterStatus(lsn(5000), new TreeMap<>(), List.of()),
                        null,
                        0,
                        null,
                        FailsafeMembers.NONE,
                        null);
        store.read = new ReadOutcome.View(view, A.equals(leader), false);
    }

    private void isSilent() {
        store.read = new ReadOutcome.Unreachable("no answer");
    }

    private Duration tickAt(long seconds) {
        now = in(seconds);
        store.calls.clear();
        return loop.tick();
    }

    private RuleId lastRule() {
        return rules.getLast();
    }

    private LeaderLease lease() {
        Snapshot snapshot = board.latest();
        assertThat(snapshot).isNotNull();
        return snapshot == null ? new LeaderLease.Unknown() : snapshot.lease();
    }

    /// Leads, with a renewal proven at second zero.
    private void lead() {
        shows(A);
        store.renewal = new RenewOutcome.Renewed(NOW, Duration.ofSeconds(30));
        tickAt(0);
        assertThat(deadline.covers(in(10))).isTrue();
    }

    @Test
    void aLeaderWhoseStoreFallsSilentKeepsItsPrimaryUntilDemoteBy() {
        lead();
        isSilent();
        tickAt(19);
        assertThat(lastRule()).isEqualTo(RuleId.STORE_SILENT_LEASE_GOOD);
        assertThat(postgres.begun).isEmpty();
        tickAt(20);
        assertThat(postgres.begun).containsExactly(new PostgresCommand.Stop(StopMode.FAST));
        assertThat(lease()).isEqualTo(new LeaderLease.Unconfirmed(in(30)));
    }

    @Test
    void whenTheDeadlineHasPassedTheRightToWriteIsGoneAndTheStopIsHard() {
        lead();
        isSilent();
        tickAt(30);
        assertThat(deadline.current()).isNull();
        assertThat(lease()).isEqualTo(new LeaderLease.Unknown());
        assertThat(postgres.begun).containsExactly(new PostgresCommand.Stop(StopMode.IMMEDIATE));
    }

    @Test
    void aLeaderWhoseRenewalsAreNeverProvenStopsThoughTheStoreShowsItsKey() {
        lead();
        store.renewal = new RenewOutcome.Unknown("another term");
        tickAt(10);
        assertThat(postgres.begun).isEmpty();
        tickAt(20);
        assertThat(lastRule()).isEqualTo(RuleId.LEADER_TOO_LATE);
        assertThat(postgres.begun).containsExactly(new PostgresCommand.Stop(StopMode.FAST));
    }

    @Test
    void aLeaderThatSleptLongRenewsBeforeItGivesUp() {
        lead();
        store.renewal = new RenewOutcome.Renewed(in(100), Duration.ofSeconds(30));
        tickAt(100);
        assertThat(lastRule()).isEqualTo(RuleId.LEADER_STEADY);
        assertThat(deadline.covers(in(129))).isTrue();
    }

    @Test
    void seeingAnotherLeaderRevokesAndStopsAtOnce() {
        lead();
        shows(B);
        tickAt(1);
        assertThat(deadline.current()).isNull();
        assertThat(postgres.begun).containsExactly(new PostgresCommand.Stop(StopMode.IMMEDIATE));
    }

    @Test
    void aLeaderKeyDeletedByHandIsTakenBackByThePrimary() {
        lead();
        shows(null);
        store.acquisition = new AcquireOutcome.Acquired(in(1), Duration.ofSeconds(30));
        tickAt(1);
        assertThat(lastRule()).isEqualTo(RuleId.RACE_PRIMARY_CONTINUES);
        assertThat(deadline.covers(in(30))).isTrue();
        assertThat(postgres.begun).isEmpty();
        assertThat(peerTimeouts).containsExactly(Duration.ofMillis(250));
    }

    @Test
    void whoeverWasThereWhenThereWasALeaderIsAskedInTheRace() {
        postgres.local = standbyServer();
        settings.members = List.of(replica(A), primary(B), replica(C));
        shows(B);
        tickAt(0);
        settings.members = List.of(replica(A));
        shows(null);
        reports = List.of(primaryPeer(B, 1, 5000));
        tickAt(1);
        assertThat(asked).containsExactly(B, C);
        assertThat(lastRule()).isEqualTo(RuleId.RACE_NOT_OURS);
    }

    @Test
    void aPromotionFollowsTheWonLeaseAtOnce() {
        postgres.local = standbyServer();
        shows(null);
        store.acquisition = new AcquireOutcome.Acquired(NOW, Duration.ofSeconds(30));
        assertThat(tickAt(0)).isZero();
        shows(A);
        tickAt(0);
        assertThat(postgres.begun).containsExactly(new PostgresCommand.Promote(new Timeline(2)));
        assertThat(store.calls).containsExactly("read", "timeline 2");
    }

    @Test
    void aMemberRecordThatIsRefusedDoesNotKeepAPrimaryFromComingBack() {
        lead();
        postgres.local = downServer();
        store.publication = new WriteOutcome.Refused("etcdserver: mvcc: database space exceeded");
        tickAt(1);
        assertThat(postgres.begun).containsExactly(new PostgresCommand.StartAsPrimary());
    }

    @Test
    void theNextRenewalComesInTimeAlsoAfterATurnThatFoundTheLastOneFresh() {
        lead();
        assertThat(tickAt(4)).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void aPlanThatFailsForEverDoesNotSpin() {
        lead();
        store.renewal = new RenewOutcome.Unknown("no answer");
        Duration slept = Duration.ZERO;
        for (int i = 0; i < 10; i++) {
            Duration sleep = tickAt(6);
            assertThat(sleep).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(1));
            slept = slept.plus(sleep);
        }
        assertThat(slept).isGreaterThan(Duration.ofSeconds(4));
    }

    @Test
    void rulesThatHandTheTurnToEachOtherForEverDoNotSpin() {
        postgres.local = standbyServer();
        store.acquisition = new AcquireOutcome.Acquired(NOW, Duration.ofSeconds(30));
        Duration slept = Duration.ZERO;
        for (int i = 0; i < 40; i++) {
            // The key is gone again each time it was won, and an earlier life's is there instead.
            ClusterView view = ClusterView.EMPTY;
            shows(i % 2 == 0 ? null : A);
            if (store.read instanceof ReadOutcome.View(var shown, _, _)) {
                view = shown;
            }
            store.read = new ReadOutcome.View(view, false, false);
            slept = slept.plus(tickAt(0));
        }
        assertThat(rules).contains(RuleId.RACE_WON_BY_RIGHT, RuleId.LEADER_ADOPTS_FORMER_LIFE);
        assertThat(slept).isGreaterThan(Duration.ofSeconds(10));
    }

    @Test
    void theStatusIsWrittenOnceATurnHoweverOftenTheLoopIsWoken() {
        lead();
        postgres.local =
                new LocalPostgres(
                        postgres.local.directory(),
                        answering(primaryStatus(1, 6000)),
                        new Operation.None());
        assertThat(store.calls).contains("status");
        tickAt(2);
        assertThat(store.calls).doesNotContain("status");
        store.renewal = new RenewOutcome.Renewed(in(7), Duration.ofSeconds(30));
        tickAt(7);
        assertThat(store.calls).contains("status");
    }

    @Test
    void shuttingDownRenewsTheLeaseUntilTheServerIsDownAndOnlyThenGivesItAway() {
        lead();
        loop.requestShutdown();
        store.renewal = new RenewOutcome.Renewed(in(20), Duration.ofSeconds(30));
        tickAt(20);
        assertThat(postgres.begun).containsExactly(new PostgresCommand.Stop(StopMode.FAST));
        assertThat(store.calls).contains("renew 30").doesNotContain("release");
        postgres.local = downServer();
        tickAt(21);
        assertThat(store.calls).endsWith("release");
        shows(null);
        tickAt(22);
        assertThat(loop.exit()).isEqualTo(new Action.Exit(0, "shut down"));
    }

    @Test
    void aStoreThatRefusesTheFarewellDoesNotKeepTheAgentFromEnding() {
        shows(null);
        postgres.local = downServer();
        store.publication = new WriteOutcome.Refused("no session");
        loop.requestShutdown();
        tickAt(0);
        assertThat(loop.exit()).isNotNull();
    }

    @Test
    void aLeaderThatGivesUpStopsItsPrimaryAndHandsOverBeforeItEnds() {
        lead();
        postgres.local =
                new LocalPostgres(
                        new DataDirectory.Unusable("the control file cannot be read"),
                        answering(primaryStatus(1, 5000)),
                        new Operation.None());
        tickAt(1);
        assertThat(loop.exit()).isNull();
        tickAt(2);
        assertThat(postgres.begun).containsExactly(new PostgresCommand.Stop(StopMode.FAST));
        postgres.local =
                new LocalPostgres(postgres.local.directory(), down(), new Operation.None());
        tickAt(3);
        assertThat(store.calls).endsWith("release");
        shows(null);
        tickAt(4);
        Action.Exit exit = loop.exit();
        assertThat(exit).isNotNull();
        assertThat(exit == null ? 0 : exit.code()).isEqualTo(1);
        assertThat(exit == null ? "" : exit.reason()).contains("control file");
    }

    @Test
    void whoHasJustHandedOverStaysOutOfTheRaceForATtl() {
        lead();
        postgres.local = downServer();
        tickAt(1);
        store.renewal = new RenewOutcome.Renewed(in(302), Duration.ofSeconds(30));
        tickAt(302);
        assertThat(lastRule()).isEqualTo(RuleId.LEADER_HANDS_OVER);
        assertThat(store.calls).contains("release");
        postgres.local = standbyServer();
        shows(null);
        tickAt(331);
        assertThat(lastRule()).isEqualTo(RuleId.RACE_NOT_OURS);
        tickAt(333);
        assertThat(lastRule()).isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void afterSomebodyElseHasLedWhoHandedOverMayRaceAgain() {
        lead();
        postgres.local = downServer();
        tickAt(1);
        store.renewal = new RenewOutcome.Renewed(in(302), Duration.ofSeconds(30));
        tickAt(302);
        assertThat(lastRule()).isEqualTo(RuleId.LEADER_HANDS_OVER);
        postgres.local = standbyServer();
        shows(B);
        tickAt(303);
        shows(null);
        tickAt(304);
        assertThat(lastRule()).isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void configurationIsHandedOnOnceAndAgainWhenItChanges() {
        lead();
        tickAt(1);
        assertThat(postgres.configured).hasSize(1);
        settings.config = config().usePgRewind();
        shows(A);
        tickAt(2);
        assertThat(postgres.configured).hasSize(2);
    }

    @Test
    void theSnapshotTellsWhyThisMemberMayNotLead() {
        postgres.local = standbyServer();
        fencing.status = Facts.guardMissing(Facts.ago(11));
        shows(B);
        tickAt(0);
        Snapshot snapshot = board.latest();
        assertThat(snapshot).isNotNull();
        assertThat(snapshot == null ? null : snapshot.whyNot()).contains("guard");
    }

    private @Nullable String whyNotBeside(LocalPostgres local) {
        postgres.local = local;
        shows(B);
        tickAt(0);
        Snapshot snapshot = board.latest();
        assertThat(snapshot).isNotNull();
        return snapshot == null ? null : snapshot.whyNot();
    }

    @Test
    void besideALeaderNothingSpeaksAgainstAStandbyThatStreams() {
        assertThat(whyNotBeside(standbyServer())).isNull();
    }

    @Test
    void besideALeaderAServerThatDoesNotRunSpeaksAgainstAMember() {
        settings.config = config().pause();
        assertThat(whyNotBeside(downServer())).isEqualTo("its server does not run");
        assertThat(
                        whyNotBeside(
                                new LocalPostgres(
                                        standbyData(1, 5000),
                                        down(),
                                        Facts.justFailed(Operation.Kind.START_AS_STANDBY, 2))))
                .startsWith("its server does not start: ");
        assertThat(
                        whyNotBeside(
                                new LocalPostgres(
                                        standbyData(1, 5000),
                                        Facts.silent(),
                                        new Operation.None())))
                .isEqualTo("its server does not answer yet");
    }

    @Test
    void besideALeaderTooMuchLagSpeaksAgainstAStandby() {
        settings.config = config().maximumLag(1000);
        LocalPostgres late =
                new LocalPostgres(
                        standbyData(1, 3000),
                        answering(streamingFrom(AT_B, 1, 3000)),
                        new Operation.None());
        assertThat(whyNotBeside(late))
                .isEqualTo(
                        "it is 2000 bytes behind the last known position of the leader;"
                                + " maximum_lag_on_failover is 1000");
    }

    @Test
    void besideALeaderTheCopyThatIsMadeSpeaksAgainstAMember() {
        assertThat(
                        whyNotBeside(
                                new LocalPostgres(
                                        new DataDirectory.Empty(),
                                        down(),
                                        Facts.running(Operation.Kind.CLONE))))
                .isEqualTo("its data are to be replaced by a new copy");
    }

    @Test
    void thePassingOfAPatroniChangesTheTimesAndTheJournalHearsOfIt() {
        settings.config = config().times(5, 1, 2);
        settings.members = List.of(primary(A), withIdentity(replica(B), null));
        lead();
        settings.members = List.of(primary(A), replica(B));
        shows(A);
        store.renewal = new RenewOutcome.Renewed(in(1), Duration.ofSeconds(5));
        tickAt(1);
        tickAt(2);
        assertThat(timings).hasSize(2);
        assertThat(timings.getFirst().ttl()).isEqualTo(Duration.ofSeconds(20));
        assertThat(timings.getLast().ttl()).isEqualTo(Duration.ofSeconds(5));
        assertThat(deadline.covers(in(5))).isTrue();
        assertThat(deadline.covers(in(6))).isFalse();
    }

    @Test
    void theGuardIsArmedByTheFirstProvenRenewalAndKeepsTheLastDeadlineOfALostLease() {
        lead();
        assertThat(fencing.told).containsExactly("30");
        shows(B);
        tickAt(1);
        assertThat(fencing.told).containsExactly("30");
        postgres.local = downServer();
        tickAt(2);
        assertThat(fencing.told).containsExactly("30", "off");
    }

    @Test
    void afterAPauseTheGuardIsArmedBeforeAnythingElse() {
        lead();
        settings.config = config().pause();
        shows(A);
        store.renewal = new RenewOutcome.Renewed(in(6), Duration.ofSeconds(30));
        tickAt(6);
        assertThat(fencing.told).containsExactly("30", "off");
        settings.config = config();
        shows(A);
        store.renewal = new RenewOutcome.Unknown("no answer");
        tickAt(12);
        assertThat(fencing.told).containsExactly("30", "off", "36");
    }

    @Test
    void whatAPrimaryRunsWithoutIsToldOnceAndWhenItIsThereAgain() {
        fencing.answer = new Fencing.Armed.Incomplete("no guard");
        lead();
        tickAt(1);
        fencing.answer = new Fencing.Armed.Confirmed();
        tickAt(2);
        assertThat(unfenced).containsExactly("no guard", "null");
    }

    @Test
    void theSnapshotTellsThatTheGuardIsMissing() {
        postgres.local = standbyServer();
        fencing.status = guardMissing(NOW);
        shows(B);
        tickAt(0);
        Snapshot snapshot = board.latest();
        assertThat(snapshot == null ? null : snapshot.whyNot()).contains("guard is required");
    }

    @Test
    void aStepThatFailsIsToldToTheJournal() {
        lead();
        store.renewal = new RenewOutcome.Unknown("another term");
        tickAt(10);
        assertThat(failures).containsExactly("another term");
    }

    @Test
    void aRaceThatAnotherHasWonIsNoFailure() {
        shows(null);
        store.acquisition = new AcquireOutcome.Refused("the leader is b");
        tickAt(0);
        assertThat(lostRaces).containsExactly("the leader is b");
        assertThat(failures).isEmpty();
        store.acquisition = new AcquireOutcome.Unknown("no answer");
        tickAt(1);
        assertThat(failures).containsExactly("no answer");
    }
}
