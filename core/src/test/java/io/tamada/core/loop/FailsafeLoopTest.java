package io.tamada.core.loop;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.profile;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.streamingFrom;
import static io.tamada.core.Facts.timeline;
import static io.tamada.core.Facts.urls;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.decision.Action;
import io.tamada.core.decision.Decision;
import io.tamada.core.decision.RuleId;
import io.tamada.core.failsafe.FailsafeAnswer;
import io.tamada.core.failsafe.FailsafeBoard.Reply;
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
import io.tamada.core.port.LoopJournal;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The loop while the store is away and failsafe mode is on.
class FailsafeLoopTest {

    private static final Duration TTL = Duration.ofSeconds(30);
    private static final FailsafeAnswer B_CONSENTS = new FailsafeAnswer.Accepted("b", null);
    private static final FailsafeAnswer C_CONSENTS = new FailsafeAnswer.Accepted("c", null);

    private final FakeStore store = new FakeStore();
    private final FakePostgres postgres = new FakePostgres(primaryServer());
    private final FakeFencing fencing = new FakeFencing();
    private final FakeOutage outage = new FakeOutage();
    private final WriteDeadline deadline = new WriteDeadline();
    private final List<RuleId> rules = new ArrayList<>();
    private Facts.ConfigBuilder settings = config().failsafeMode();
    private SortedMap<String, String> key = urls(A, B, C);
    private List<Member> members = List.of(primary(A), replica(B), replica(C));
    private long keyRevision = 70;
    private Monotonic now = NOW;
    private @Nullable HaLoop loop;

    private HaLoop loop() {
        if (loop == null) {
            loop =
                    new HaLoop(
                            new HaLoop.Ports(
                                    store,
                                    postgres,
                                    (members, timeout) -> List.of(),
                                    fencing,
                                    outage.ports(),
                                    new OrderBoard(),
                                    () -> now,
                                    journal()),
                            () -> profile(MemberTags.NONE),
                            config -> config,
                            ClusterConfig.DEFAULTS,
                            deadline,
                            new SnapshotBoard());
        }
        return loop;
    }

    private LoopJournal journal() {
        return new LoopJournal() {
            @Override
            public void decided(Decision decision) {
                rules.add(decision.rule());
            }

            @Override
            public void timingChanged(LeaseTiming inForce, ClusterConfig wanted) {}

            @Override
            public void fencing(@Nullable String missing) {}

            @Override
            public void failed(Action action, String reason) {}
        };
    }

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

    /// A leader's record runs out with its key.
    private void shows(@Nullable MemberName leader) {
        List<Member> shown =
                members.stream()
                        .filter(member -> leader != null || !member.name().equals(B))
                        .toList();
        store.read =
                new ReadOutcome.View(
                        new ClusterView(
                                1,
                                new Initialization.Done(SYSTEM),
                                leader == null ? null : new LeaderKey(leader, 1, 1, 1),
                                shown,
                                settings.build(),
                                historyTo(1),
                                0,
                                new ClusterStatus(lsn(5000), new TreeMap<>(), List.of()),
                                null,
                                0,
                                null,
                                new FailsafeMembers(key, keyRevision),
                                null),
                        A.equals(leader),
                        false);
    }

    private void isSilent() {
        store.read = new ReadOutcome.Unreachable("no answer");
    }

    private RuleId tickAt(long seconds) {
        now = in(seconds);
        store.calls.clear();
        loop().tick();
        return rules.getLast();
    }

    /// Leads, with a renewal proven at second zero.
    private void lead() {
        shows(A);
        store.renewal = new RenewOutcome.Renewed(NOW, TTL);
        tickAt(0);
        postgres.begun.clear();
    }

    private boolean writableAt(long seconds) {
        return deadline.covers(in(seconds));
    }

    @Test
    void allTheOthersTogetherMoveTheDeadlineFromWhenTheyWereAsked() {
        lead();
        isSilent();
        outage.answers = List.of(B_CONSENTS, C_CONSENTS);
        outage.beforeAnswers = () -> now = in(14);
        assertThat(tickAt(12)).isEqualTo(RuleId.FAILSAFE_ASKS);
        assertThat(outage.asked).containsExactly(urls(B, C));
        assertThat(writableAt(41)).isTrue();
        assertThat(writableAt(42)).isFalse();
        assertThat(fencing.told).endsWith("42");
        assertThat(tickAt(15)).isEqualTo(RuleId.FAILSAFE_KEEPS);
        assertThat(outage.asked).hasSize(1);
    }

    @Test
    void aLeaderWithTheOthersConsentOutlivesItsLeaseAsLongAsTheyGoOnConsenting() {
        lead();
        isSilent();
        outage.answers = List.of(B_CONSENTS, C_CONSENTS);
        for (int second = 6; second < 300; second += 6) {
            tickAt(second);
        }
        assertThat(postgres.begun).isEmpty();
        assertThat(writableAt(320)).isTrue();
        outage.answers = List.of(B_CONSENTS, new FailsafeAnswer.Missing("c", "no answer"));
        assertThat(tickAt(310)).isEqualTo(RuleId.FAILSAFE_ASKS);
        assertThat(tickAt(314)).isEqualTo(RuleId.STORE_SILENT_DEADLINE_REACHED);
        assertThat(postgres.begun).containsExactly(new PostgresCommand.Stop(StopMode.FAST));
    }

    /// The worst moment for etcd to go: a reading has been answered late, and then nothing is.
    @Test
    void silenceAfterALateReadingLeavesTimeToAskTheOthers() {
        lead();
        outage.answers = List.of(B_CONSENTS, C_CONSENTS);
        store.renewal = new RenewOutcome.Unknown("no answer");
        store.onRead = () -> now = now.plus(Duration.ofMillis(4_900));
        store.beforeRenewalIsAnswered = () -> now = now.plus(store.renewalTimeout);
        assertThat(tickAt(10)).isEqualTo(RuleId.LEADER_STEADY);
        isSilent();
        store.onRead = () -> now = now.plus(store.readTimeout);
        now = now.plus(Duration.ofMillis(100));
        loop().tick();
        assertThat(rules.getLast()).isEqualTo(RuleId.FAILSAFE_ASKS);
        assertThat(postgres.begun).isEmpty();
        assertThat(writableAt(47)).isTrue();
    }

    @Test
    void oneThatPromisesLessShortensTheDeadlineForAll() {
        lead();
        isSilent();
        outage.answers =
                List.of(B_CONSENTS, new FailsafeAnswer.Accepted("c", Duration.ofSeconds(20)));
        tickAt(12);
        assertThat(writableAt(31)).isTrue();
        assertThat(writableAt(32)).isFalse();
    }

    @Test
    void oneMissingAnswerMovesNothing() {
        lead();
        isSilent();
        outage.answers = List.of(B_CONSENTS, new FailsafeAnswer.Missing("c", "no answer"));
        tickAt(12);
        assertThat(writableAt(29)).isTrue();
        assertThat(writableAt(30)).isFalse();
    }

    @Test
    void consentThatIsAskedForTooLateRevivesNothing() {
        lead();
        isSilent();
        outage.answers = List.of(B_CONSENTS, C_CONSENTS);
        assertThat(tickAt(30)).isEqualTo(RuleId.STORE_SILENT_PRIMARY_WITHOUT_LEASE);
        assertThat(outage.asked).isEmpty();
        assertThat(deadline.current()).isNull();
    }

    @Test
    void theOnlyMemberNeedsNobodysConsent() {
        key = urls(A);
        members = List.of(primary(A));
        lead();
        isSilent();
        tickAt(12);
        assertThat(outage.asked).isEmpty();
        assertThat(writableAt(41)).isTrue();
    }

    @Test
    void whoeverAWriteThatMayStillArriveWouldNameIsAskedAsWell() {
        key = urls(A, B);
        store.failsafe = new WriteOutcome.Unknown("no answer");
        lead();
        isSilent();
        tickAt(12);
        assertThat(outage.asked).containsExactly(urls(B, C));
        key = urls(A, B);
        keyRevision = 71;
        members = List.of(primary(A), replica(B));
        shows(A);
        store.renewal = new RenewOutcome.Unknown("no answer");
        tickAt(13);
        isSilent();
        tickAt(17);
        assertThat(outage.asked.getLast()).isEqualTo(urls(B));
    }

    @Test
    void aKeyThatRanOutUnderAKeptLeaderIsTakenBackWithoutAPause() {
        lead();
        isSilent();
        outage.answers = List.of(B_CONSENTS, C_CONSENTS);
        tickAt(12);
        tickAt(24);
        shows(null);
        store.acquisition = new AcquireOutcome.Unknown("no answer");
        assertThat(tickAt(36)).isEqualTo(RuleId.RACE_PRIMARY_CONTINUES);
        assertThat(writableAt(50)).isTrue();
        store.acquisition = new AcquireOutcome.Acquired(in(37), TTL);
        tickAt(37);
        assertThat(writableAt(66)).isTrue();
        assertThat(postgres.begun).isEmpty();
    }

    @Test
    void aKeyThatIsLostWhileItIsRenewedLeavesWhatTheOthersHaveConsentedToAndNoMore() {
        lead();
        isSilent();
        outage.answers = List.of(B_CONSENTS, C_CONSENTS);
        tickAt(5);
        shows(A);
        store.renewal = new RenewOutcome.Renewed(in(8), TTL);
        tickAt(8);
        assertThat(writableAt(37)).isTrue();
        store.renewal = new RenewOutcome.Lost("the leader key is gone");
        tickAt(18);
        assertThat(writableAt(34)).isTrue();
        assertThat(writableAt(35)).isFalse();
        assertThat(fencing.told).as("the guard hears it too").endsWith("38", "35");
    }

    @Test
    void aKeptLeaderThatSeesAnotherOneStopsAtOnce() {
        lead();
        isSilent();
        outage.answers = List.of(B_CONSENTS, C_CONSENTS);
        tickAt(12);
        shows(B);
        assertThat(tickAt(13)).isEqualTo(RuleId.DEPOSED_PRIMARY_STOPS);
        assertThat(deadline.current()).isNull();
    }

    @Test
    void aConsentThatComesBetweenTheDecisionAndTheRaceStopsTheRace() {
        postgres.local = standbyServer();
        shows(B);
        tickAt(0);
        shows(null);
        store.acquisition = new AcquireOutcome.Acquired(in(1), TTL);
        store.onRead =
                () -> assertThat(outage.board.ask(B, now)).isInstanceOf(Reply.Accepted.class);
        assertThat(tickAt(1)).isEqualTo(RuleId.RACE_CONSENTED);
        assertThat(store.calls).doesNotContain("acquire");
        store.onRead = () -> {};
        assertThat(tickAt(30)).isEqualTo(RuleId.RACE_CONSENTED);
        assertThat(tickAt(31)).isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        assertThat(outage.board.ask(B, now)).isEqualTo(new Reply.Leading());
    }

    @Test
    void aStandbyThatHoldsTheKeyInSpiteOfItsConsentIsNotPromoted() {
        postgres.local = standbyServer();
        shows(B);
        tickAt(0);
        assertThat(outage.board.ask(B, now)).isInstanceOf(Reply.Accepted.class);
        shows(A);
        store.renewal = new RenewOutcome.Renewed(in(1), TTL);
        assertThat(tickAt(1)).isEqualTo(RuleId.LEADER_PROMOTES);
        assertThat(postgres.begun).isEmpty();
    }

    @Test
    void consentIsGivenOnlyUnderARecordThatIsOnTheDisk() {
        outage.diskWorks = false;
        postgres.local = standbyServer();
        shows(B);
        tickAt(0);
        tickAt(1);
        assertThat(outage.board.ask(B, now)).isEqualTo(new Reply.Disabled());
        outage.durable =
                new ClusterRecord(
                        SYSTEM,
                        urls(A),
                        B,
                        null,
                        timeline(1),
                        0,
                        null,
                        new ClusterRecord.Failsafe(true, TTL));
        tickAt(2);
        assertThat(outage.board.ask(B, now)).isEqualTo(new Reply.Accepted(TTL));
    }

    @Test
    void aRestartedAgentConsentsByItsRecordAndHonoursWhatItMayHaveConsentedTo() {
        ClusterRecord record =
                new ClusterRecord(
                        SYSTEM,
                        urls(A, B),
                        B,
                        null,
                        timeline(1),
                        0,
                        null,
                        new ClusterRecord.Failsafe(true, TTL));
        outage.earlier = record;
        outage.durable = record;
        postgres.local = standbyServer();
        isSilent();
        tickAt(0);
        assertThat(outage.board.ask(B, now)).isEqualTo(new Reply.Accepted(TTL));
        assertThat(outage.board.terms().known()).isEqualTo(urls(A, B));
        shows(null);
        assertThat(tickAt(29)).isEqualTo(RuleId.RACE_CONSENTED);
        assertThat(tickAt(30)).isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void whoHasEndedInOrderAndBoundByNothingNeedNotWait() {
        postgres.local = standbyServer();
        shows(B);
        tickAt(0);
        endInOrder(1);
        ClusterRecord left = outage.durable;
        assertThat(left == null ? null : left.failsafe())
                .isEqualTo(new ClusterRecord.Failsafe(true, TTL, true));
        assertThat(outage.board.ask(B, now)).isEqualTo(new Reply.Disabled());

        outage.earlier = left;
        loop = null;
        loop();
        assertThat(outage.durable == null ? null : outage.durable.failsafe())
                .as("the next life may be bound again")
                .isEqualTo(new ClusterRecord.Failsafe(true, TTL));
        postgres.local = standbyServer();
        shows(null);
        assertThat(tickAt(3)).isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void whoEndsUnderAConsentLeavesItToTheNextLife() {
        postgres.local = standbyServer();
        shows(B);
        tickAt(0);
        assertThat(outage.board.ask(B, now)).isInstanceOf(Reply.Accepted.class);
        endInOrder(1);
        assertThat(outage.durable == null ? null : outage.durable.failsafe())
                .isEqualTo(new ClusterRecord.Failsafe(true, TTL));
    }

    private void endInOrder(int second) {
        loop().requestShutdown();
        postgres.local =
                new LocalPostgres(postgres.local.directory(), Facts.down(), new Operation.None());
        tickAt(second);
        assertThat(loop().exit()).isNotNull();
    }

    @Test
    void theRecordKeepsTheMembersThatThereWereWhenThereLastWasALeader() {
        postgres.local = standbyServer();
        shows(B);
        tickAt(0);
        ClusterRecord record = outage.durable;
        assertThat(record == null ? new TreeMap<>() : record.members()).isEqualTo(urls(A, B, C));
        assertThat(record == null ? null : record.leader()).isEqualTo(B);
        assertThat(record == null ? null : record.failsafe())
                .isEqualTo(new ClusterRecord.Failsafe(true, TTL));
    }

    @Test
    void turningTheModeOffDoesNotTakeBackAConsentInForce() {
        postgres.local = standbyServer();
        shows(B);
        tickAt(0);
        assertThat(outage.board.ask(B, now)).isInstanceOf(Reply.Accepted.class);
        settings = config();
        shows(B);
        tickAt(1);
        assertThat(outage.durable == null ? null : outage.durable.failsafe().on()).isEqualTo(true);
        tickAt(31);
        assertThat(outage.durable == null ? null : outage.durable.failsafe().on()).isEqualTo(false);
        assertThat(outage.board.ask(B, now)).isEqualTo(new Reply.Disabled());
    }
}
