package io.tamada.core.fencing;

import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.failed;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.running;
import static io.tamada.core.Facts.silent;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.Operation.Kind;
import io.tamada.core.postgres.ServerProcess;
import org.junit.jupiter.api.Test;

class DisarmingTest {

    private static final Operation NOTHING = new Operation.None();

    private static boolean isSafe(ServerProcess process, Operation operation) {
        return Disarming.isSafe(new LocalPostgres(standbyData(1, 5000), process, operation));
    }

    @Test
    void aServerInRecoveryMayGoUnguarded() {
        assertThat(isSafe(answering(standbyStatus(1, 5000)), NOTHING)).isTrue();
        assertThat(isSafe(answering(standbyStatus(1, 5000)), running(Kind.START_AS_STANDBY)))
                .isTrue();
    }

    @Test
    void aPrimaryMayNot() {
        assertThat(isSafe(answering(primaryStatus(1, 5000)), NOTHING)).isFalse();
    }

    @Test
    void whatDoesNotAnswerMayNotWhateverItsFilesSay() {
        assertThat(isSafe(silent(), NOTHING)).isFalse();
        assertThat(isSafe(silent(), running(Kind.STOP))).isFalse();
    }

    @Test
    void whenNoProcessIsLeftNothingNeedsToBeEnded() {
        assertThat(isSafe(down(), NOTHING)).isTrue();
        assertThat(isSafe(down(), failed(Kind.START_AS_PRIMARY, 1))).isTrue();
    }

    @Test
    void whatIsAboutToMakeAPrimaryKeepsTheGuard() {
        assertThat(isSafe(down(), running(Kind.START_AS_PRIMARY))).isFalse();
        assertThat(isSafe(answering(standbyStatus(1, 5000)), running(Kind.PROMOTE))).isFalse();
    }

    @Test
    void aPromotionThatHasFailedMayStillComeTrue() {
        assertThat(isSafe(answering(standbyStatus(1, 5000)), failed(Kind.PROMOTE, 1))).isFalse();
    }

    /// The status in the scene was asked for at `NOW`.
    @Test
    void anAnswerFromBeforeThePromotionSaysNothing() {
        ServerProcess inRecovery = answering(standbyStatus(1, 5000));
        assertThat(isSafe(inRecovery, new Operation.Succeeded(Kind.PROMOTE, in(1)))).isFalse();
        assertThat(isSafe(inRecovery, new Operation.Succeeded(Kind.PROMOTE, NOW))).isTrue();
        assertThat(isSafe(inRecovery, new Operation.Succeeded(Kind.REWIND, in(1)))).isTrue();
        assertThat(isSafe(inRecovery, new Operation.Succeeded(Kind.PROMOTE, ago(5)))).isTrue();
    }
}
