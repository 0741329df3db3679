package io.tamada.core.loop;

import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.running;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.streamingFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.port.Fencing.Armed;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.ServerProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FenceTest {

    private static final LeaseTiming TIMING =
            new LeaseTiming(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(10));

    private static final LocalPostgres PRIMARY = primary(answering(primaryStatus(1, 5000)));
    private static final LocalPostgres STANDBY =
            new LocalPostgres(
                    standbyData(1, 5000),
                    answering(streamingFrom(AT_B, 1, 5000)),
                    new Operation.None());

    private final FakeFencing fencing = new FakeFencing();
    private final WriteDeadline deadline = new WriteDeadline();
    private final Fence fence = new Fence(fencing, deadline);

    private static LocalPostgres primary(ServerProcess process) {
        return new LocalPostgres(
                primaryData(ControlState.IN_PRODUCTION, 1, 100), process, new Operation.None());
    }

    private void proven(long second, LocalPostgres postgres) {
        deadline.extend(in(second), TIMING);
        fence.extended(postgres);
    }

    @Test
    void aRunningPrimaryIsArmedAsSoonAsItsLeaseIsProven() {
        fence.observed(PRIMARY, false);
        assertThat(fencing.told).isEmpty();
        proven(30, PRIMARY);
        assertThat(fencing.told).containsExactly("30");
    }

    @Test
    void everyRenewalOfAPrimaryIsTold() {
        proven(30, PRIMARY);
        fence.observed(PRIMARY, false);
        proven(40, PRIMARY);
        assertThat(fencing.told).containsExactly("30", "40");
    }

    @Test
    void aLeaseOverAStandbyNeedsNoGuardUntilThePromotion() {
        fence.observed(STANDBY, false);
        proven(30, STANDBY);
        assertThat(fencing.told).containsExactly("off");
        assertThat(fence.beforePrimary()).isNull();
        assertThat(fencing.told).containsExactly("off", "30");
        proven(40, STANDBY);
        assertThat(fencing.told).endsWith("40");
    }

    @Test
    void losingTheLeaseTellsNothing() {
        proven(30, PRIMARY);
        deadline.revoke();
        fence.observed(PRIMARY, false);
        fence.observed(primary(silent()), false);
        assertThat(fencing.told).containsExactly("30");
        fence.observed(primary(down()), false);
        assertThat(fencing.told).containsExactly("30", "off");
    }

    @Test
    void whatAnEarlierLifeHasArmedIsDisarmedOnceThatIsSafe() {
        fence.observed(primary(silent()), false);
        assertThat(fencing.told).isEmpty();
        fence.observed(STANDBY, false);
        fence.observed(STANDBY, false);
        assertThat(fencing.told).containsExactly("off");
    }

    @Test
    void aDisarmingThatIsNotConfirmedIsAskedForAgain() {
        fencing.standsDown = false;
        fence.observed(STANDBY, false);
        fence.observed(STANDBY, false);
        assertThat(fencing.told).containsExactly("off", "off");
    }

    @Test
    void aPromotionUnderWayKeepsTheGuard() {
        proven(30, STANDBY);
        fence.beforePrimary();
        fence.observed(
                new LocalPostgres(
                        STANDBY.directory(), STANDBY.process(), running(Operation.Kind.PROMOTE)),
                false);
        assertThat(fencing.told).containsExactly("30");
    }

    @Test
    void inPauseTheGuardStandsDownAndIsArmedFirstOfAllAfterwards() {
        proven(30, PRIMARY);
        fence.observed(PRIMARY, true);
        proven(40, PRIMARY);
        assertThat(fencing.told).containsExactly("30", "off");
        fence.observed(PRIMARY, false);
        assertThat(fencing.told).containsExactly("30", "off", "40");
    }

    @Test
    void aPrimaryThatAPauseHasLeftWithoutALeaseIsArmedBeforeTheKeyIsAskedFor() {
        WriteDeadline.Term promised = new WriteDeadline.Term(in(30), TIMING);
        fence.observed(PRIMARY, true);
        assertThat(fence.beforeClaim(PRIMARY, promised)).isNull();
        fence.observed(PRIMARY, false);
        assertThat(fencing.told).as("nothing is known yet").containsExactly("off");
        assertThat(fence.beforeClaim(PRIMARY, promised)).isNull();
        assertThat(fencing.told).containsExactly("off", "30");
        fencing.answer = new Armed.Refused("no guard");
        assertThat(fence.beforeClaim(STANDBY, promised)).isNull();
    }

    @Test
    void aDeadlineThatAnEarlierLifeHasLeftIsNotStretchedByAKeyThatIsOnlyAskedFor() {
        fence.observed(PRIMARY, false);
        assertThat(fence.beforeClaim(PRIMARY, new WriteDeadline.Term(in(30), TIMING))).isNull();
        assertThat(fencing.told).isEmpty();
    }

    @Test
    void aDeadlineThatMovesBackIsToldWhereAPrimaryMayBe() {
        proven(30, PRIMARY);
        deadline.limit(in(5), TIMING);
        assertThat(fence.limited()).isNull();
        assertThat(fencing.told).containsExactly("30", "5");
    }

    @Test
    void aGuardThatStandsDownNeedNotHearThatTheDeadlineMovesBack() {
        fence.observed(STANDBY, false);
        deadline.extend(in(30), TIMING);
        deadline.limit(in(5), TIMING);
        assertThat(fence.limited()).isNull();
        assertThat(fencing.told).containsExactly("off");
    }

    @Test
    void whatIsMissingIsRememberedUntilItIsThereAgain() {
        fencing.answer = new Armed.Incomplete("no guard");
        deadline.extend(in(30), TIMING);
        assertThat(fence.beforePrimary()).isNull();
        assertThat(fence.missing()).isEqualTo("no guard");
        fencing.answer = new Armed.Confirmed();
        fence.observed(PRIMARY, false);
        assertThat(fence.missing()).isNull();
    }

    @Test
    void aRungThatIsRequiredAndDoesNotConfirmForbidsThePrimary() {
        fencing.answer = new Armed.Refused("no guard");
        deadline.extend(in(30), TIMING);
        assertThat(fence.beforePrimary()).isEqualTo("no guard");
        assertThat(fence.missing()).isEqualTo("no guard");
    }
}
