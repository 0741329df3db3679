package io.tamada.core.loop;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.decision.Action;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.port.ClusterStore.AcquireOutcome;
import io.tamada.core.port.ClusterStore.RenewOutcome;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.Fencing;
import io.tamada.core.port.PostgresControl.Begun;
import io.tamada.core.port.TimeSource;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanRunnerTest {

    private static final LeaseTiming TIMING = timing(30, 10);

    private final FakeStore store = new FakeStore();
    private final FakePostgres postgres =
            new FakePostgres(
                    new LocalPostgres(
                            primaryData(ControlState.IN_PRODUCTION, 1, 100),
                            answering(primaryStatus(1, 5000)),
                            new Operation.None()));
    private final WriteDeadline deadline = new WriteDeadline();
    private Monotonic now = NOW;
    private final TimeSource time =
            new TimeSource() {
                @Override
                public Monotonic now() {
                    return now;
                }

                @Override
                public String wallTime() {
                    return "2026-01-02T03:04:05+00:00";
                }
            };
    private final FakeFencing fencing = new FakeFencing();
    private final Fence fence = new Fence(fencing, deadline);
    private final FakeOutage outage = new FakeOutage();
    private final Failsafe failsafe = new Failsafe(outage.ports(), time, deadline);
    private final PlanRunner runner =
            new PlanRunner(store, postgres, time, deadline, fence, failsafe, () -> "{}");

    private static LeaseTiming timing(int ttl, int loopWait) {
        return new LeaseTiming(
                Duration.ofSeconds(ttl), Duration.ofSeconds(loopWait), Duration.ofSeconds(1));
    }

    private PlanRunner.Failure run(LeaseTiming timing, Action... plan) {
        return run(ClusterView.EMPTY, timing, plan);
    }

    private PlanRunner.Failure run(ClusterView view, LeaseTiming timing, Action... plan) {
        PlanRunner.Failure failure =
                runner.run(List.of(plan), new PlanRunner.Context(view, timing));
        return failure == null ? NONE : failure;
    }

    private static ClusterView showing(Member member) {
        return new ClusterView(
                1,
                new Initialization.Absent(),
                null,
                List.of(member),
                null,
                TimelineHistory.EMPTY,
                0,
                ClusterStatus.EMPTY,
                null,
                0,
                null,
                FailsafeMembers.NONE,
                null);
    }

    private static final PlanRunner.Failure NONE =
            new PlanRunner.Failure(new Action.KeepSession(), "none", false);

    private void holdLease() {
        store.acquisition = new AcquireOutcome.Acquired(now, Duration.ofSeconds(30));
        assertThat(run(TIMING, new Action.AcquireLease())).isEqualTo(NONE);
    }

    @Test
    void theDeadlineCountsFromWhenTheRenewalWasSent() {
        store.renewal = new RenewOutcome.Renewed(ago(2), Duration.ofSeconds(30));
        assertThat(run(TIMING, new Action.RenewLease())).isEqualTo(NONE);
        assertThat(deadline.covers(in(27))).isTrue();
        assertThat(deadline.covers(in(28))).isFalse();
    }

    @Test
    void aLeaseThatIsShorterThanAskedForCountsAsItIs() {
        store.renewal = new RenewOutcome.Renewed(NOW, Duration.ofSeconds(5));
        run(TIMING, new Action.RenewLease());
        assertThat(deadline.covers(in(5))).isFalse();
    }

    @Test
    void aPlanStopsAtItsFirstStepThatFails() {
        store.session = new WriteOutcome.Refused("no room");
        PlanRunner.Failure failure =
                run(TIMING, new Action.KeepSession(), new Action.ClaimInitialization());
        assertThat(failure.reason()).isEqualTo("no room");
        assertThat(failure.action()).isEqualTo(new Action.KeepSession());
        assertThat(store.calls).containsExactly("keepSession 30");
    }

    @Test
    void aRenewalWithoutProofMovesNothingAndIsCounted() {
        holdLease();
        now = in(20);
        run(TIMING, new Action.RenewLease());
        run(TIMING, new Action.RenewLease());
        assertThat(runner.unprovenRenewals()).isEqualTo(2);
        assertThat(deadline.covers(in(29))).isTrue();
        assertThat(deadline.covers(in(30))).isFalse();
    }

    @Test
    void aProvenRenewalForgetsTheUnprovenOnes() {
        holdLease();
        now = in(20);
        run(TIMING, new Action.RenewLease());
        store.renewal = new RenewOutcome.Renewed(now, Duration.ofSeconds(30));
        run(TIMING, new Action.RenewLease());
        assertThat(runner.unprovenRenewals()).isZero();
        assertThat(deadline.covers(in(49))).isTrue();
    }

    @Test
    void aLostLeaseRevokesTheRightToWriteAtOnce() {
        holdLease();
        now = in(20);
        store.renewal = new RenewOutcome.Lost("another leads");
        assertThat(run(TIMING, new Action.RenewLease()).reason()).isEqualTo("another leads");
        assertThat(deadline.current()).isNull();
    }

    @Test
    void aWakeUpBetweenTwoTurnsDoesNotRenewAgain() {
        holdLease();
        now = in(4);
        run(TIMING, new Action.RenewLease());
        assertThat(store.calls).containsExactly("acquire");
        now = in(5);
        run(TIMING, new Action.RenewLease());
        assertThat(store.calls).containsExactly("acquire", "renew 30");
    }

    /// Otherwise a longer loop_wait would let the short lease run out before its next renewal.
    @Test
    void anotherTtlRenewsHoweverFreshTheLastRenewalIs() {
        store.acquisition = new AcquireOutcome.Acquired(now, Duration.ofSeconds(5));
        run(timing(5, 1), new Action.AcquireLease());
        run(timing(30, 20), new Action.RenewLease());
        assertThat(store.calls).containsExactly("acquire", "renew 30");
    }

    @Test
    void anotherTtlKeepsTheSessionHoweverFreshItIs() {
        run(timing(5, 1), new Action.KeepSession());
        run(timing(30, 20), new Action.KeepSession());
        assertThat(store.calls).containsExactly("keepSession 5", "keepSession 30");
    }

    /// The key may lie on the shorter lease even if the answer is lost.
    @Test
    void aShorterTtlLimitsTheDeadlineBeforeTheRenewalIsSent() {
        holdLease();
        boolean[] coveredLater = {true};
        store.beforeRenewalIsAnswered = () -> coveredLater[0] = deadline.covers(in(5));
        run(timing(5, 1), new Action.RenewLease());
        assertThat(coveredLater[0]).isFalse();
        assertThat(deadline.covers(in(4))).isTrue();
        assertThat(deadline.covers(in(5))).isFalse();
    }

    @Test
    void whatMakesAPrimaryIsRefusedOutsideTheLease() {
        for (PostgresCommand command :
                List.of(
                        new PostgresCommand.Promote(new Timeline(2)),
                        new PostgresCommand.StartAsPrimary())) {
            assertThat(run(TIMING, new Action.Instance(command)).reason())
                    .contains("lease does not cover");
        }
        holdLease();
        now = in(30);
        assertThat(
                        run(
                                        TIMING,
                                        new Action.Instance(
                                                new PostgresCommand.Promote(new Timeline(2))))
                                .reason())
                .contains("lease does not cover");
        assertThat(postgres.begun).isEmpty();
    }

    @Test
    void whatMakesAPrimaryIsBegunUnderTheLease() {
        holdLease();
        run(TIMING, new Action.Instance(new PostgresCommand.Promote(new Timeline(2))));
        assertThat(postgres.begun).containsExactly(new PostgresCommand.Promote(new Timeline(2)));
    }

    @Test
    void whatMakesAPrimaryIsBegunOnlyAfterTheGuardHasTheDeadline() {
        holdLease();
        fencing.told.clear();
        postgres.onBegin = () -> fencing.told.add("begun");
        run(TIMING, new Action.Instance(new PostgresCommand.StartAsPrimary()));
        assertThat(fencing.told).containsExactly("30", "begun");
    }

    @Test
    void whatMakesAPrimaryIsRefusedWithoutARungThatIsRequired() {
        holdLease();
        fencing.answer = new Fencing.Armed.Refused("no guard");
        for (PostgresCommand command :
                List.of(
                        new PostgresCommand.Promote(new Timeline(2)),
                        new PostgresCommand.StartAsPrimary())) {
            assertThat(run(TIMING, new Action.Instance(command)).reason()).isEqualTo("no guard");
        }
        assertThat(postgres.begun).isEmpty();
    }

    @Test
    void aRungThatIsMissingButNotRequiredLetsThePrimaryBeMade() {
        holdLease();
        fencing.answer = new Fencing.Armed.Incomplete("no guard");
        assertThat(run(TIMING, new Action.Instance(new PostgresCommand.Promote(new Timeline(2)))))
                .isEqualTo(NONE);
        assertThat(fence.missing()).isEqualTo("no guard");
        assertThat(postgres.begun).containsExactly(new PostgresCommand.Promote(new Timeline(2)));
    }

    @Test
    void anArmingThatOutlastsTheLeaseForbidsThePrimary() {
        holdLease();
        fencing.onArm = () -> now = in(30);
        assertThat(
                        run(
                                        TIMING,
                                        new Action.Instance(
                                                new PostgresCommand.Promote(new Timeline(2))))
                                .reason())
                .contains("lease does not cover");
        assertThat(postgres.begun).isEmpty();
    }

    @Test
    void theGuardHearsOfAShorterLeaseBeforeTheKeyIsMovedToIt() {
        holdLease();
        fencing.told.clear();
        store.beforeRenewalIsAnswered = () -> fencing.told.add("sent");
        run(timing(5, 1), new Action.RenewLease());
        assertThat(fencing.told).containsExactly("5", "sent");
    }

    @Test
    void theKeyStaysWhereItIsWhenARungThatIsRequiredDoesNotConfirmTheShorterLease() {
        holdLease();
        fencing.answer = new Fencing.Armed.Refused("no guard");
        assertThat(run(timing(5, 1), new Action.RenewLease()).reason()).isEqualTo("no guard");
        assertThat(store.calls).containsExactly("acquire");
    }

    @Test
    void aRefusedCommandEndsThePlanWithItsReason() {
        postgres.answer = new Begun.Refused("busy");
        assertThat(run(TIMING, new Action.Instance(new PostgresCommand.Checkpoint())).reason())
                .isEqualTo("busy");
    }

    @Test
    void theLeaseStaysUnderAServerThatMayBeAPrimary() {
        holdLease();
        assertThat(run(TIMING, new Action.ReleaseLease("test")).reason())
                .contains("may still be a primary");
        assertThat(store.calls).doesNotContain("release");
        assertThat(deadline.current()).isNotNull();
    }

    @Test
    void theRightToWriteEndsBeforeTheLeaseIsGivenAway() {
        holdLease();
        postgres.local =
                new LocalPostgres(postgres.local.directory(), down(), new Operation.None());
        store.release = new WriteOutcome.Unknown("no answer");
        assertThat(run(TIMING, new Action.ReleaseLease("test")).reason()).isEqualTo("no answer");
        assertThat(deadline.current()).isNull();
    }

    @Test
    void onlyAChangeThatMattersIsPublishedBetweenTwoTurns() {
        ClusterView shown = showing(replica(A));
        run(TIMING, new Action.PublishMember(replica(A)));
        run(shown, TIMING, new Action.PublishMember(replica(A)));
        assertThat(store.calls).containsExactly("publish");
        run(
                shown,
                TIMING,
                new Action.PublishMember(member(A, MemberState.STOPPED, MemberRole.REPLICA, 1)));
        assertThat(store.calls).containsExactly("publish", "publish");
    }

    /// Seed 2195 of the simulator: by its record the others see that a primary may still run.
    @Test
    void aRecordThatSomebodyHasDeletedIsWrittenAgainAtOnce() {
        run(TIMING, new Action.PublishMember(replica(A)));
        run(TIMING, new Action.PublishMember(replica(A)));
        assertThat(store.calls).containsExactly("publish", "publish");
    }

    @Test
    void aRecordThatWasNotAcceptedIsSentAgain() {
        store.publication = new WriteOutcome.Unknown("no answer");
        run(TIMING, new Action.PublishMember(replica(A)));
        assertThat(runner.published()).isNull();
        run(TIMING, new Action.PublishMember(replica(A)));
        assertThat(store.calls).containsExactly("publish", "publish");
    }

    @Test
    void aConfigurationThatSomebodyElseWroteFirstIsAsGood() {
        store.config = new WriteOutcome.Refused("it is there");
        assertThat(run(TIMING, new Action.CreateConfig())).isEqualTo(NONE);
    }

    @Test
    void theNewestEntryOfTheHistoryIsStampedWithTheTime() {
        run(TIMING, new Action.WriteHistory(historyTo(3)));
        assertThat(store.calls).containsExactly("history 2026-01-02T03:04:05+00:00");
    }

    @Test
    void anExitIsNotedAndTheRestOfThePlanStillRuns() {
        run(TIMING, new Action.Exit(3, "enough"), new Action.PublishMember(replica(A)));
        assertThat(runner.exit()).isEqualTo(new Action.Exit(3, "enough"));
        assertThat(store.calls).containsExactly("publish");
    }

    @Test
    void noCallMayTakeLongerThanTheTimeLeftToStopTheServer() {
        LeaseTiming timing =
                new LeaseTiming(
                        Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(10));
        assertThat(runner.timeout(timing)).isEqualTo(Duration.ofSeconds(5));
        deadline.extend(in(12), timing);
        assertThat(runner.timeout(timing)).isEqualTo(Duration.ofSeconds(2));
        now = in(11);
        assertThat(runner.timeout(timing)).isEqualTo(Duration.ofMillis(100));
    }
}
