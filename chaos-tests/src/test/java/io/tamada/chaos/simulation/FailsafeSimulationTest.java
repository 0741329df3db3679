package io.tamada.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.decision.RuleId;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Failsafe mode where nothing fails but the store.
final class FailsafeSimulationTest {

    private static final RuleId[] ENDS_OF_A_PRIMARY = {
        RuleId.STORE_SILENT_DEADLINE_REACHED,
        RuleId.STORE_SILENT_PRIMARY_WITHOUT_LEASE,
        RuleId.RACE_CONSENT_ENDS,
        RuleId.DEPOSED_PRIMARY_STOPS,
        RuleId.LEADER_TOO_LATE
    };

    /// etcd is away for up to four ttl, again and again.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aPrimaryOutlivesEveryOutageOfTheStore(long seed) {
        primaryNeverStops(seed, FaultKind.ETCD_DOWN);
    }

    /// The primary alone loses etcd: its key runs out there, before the eyes of the others. At
    /// which step of a turn the silence begins matters, so there are many.
    @ParameterizedTest
    @MethodSource("manySeeds")
    void aPrimaryOutlivesItsKey(long seed) {
        primaryNeverStops(seed, FaultKind.CUT_FROM_ETCD);
    }

    static LongStream manySeeds() {
        return LongStream.rangeClosed(1, 40);
    }

    private static void primaryNeverStops(long seed, FaultKind fault) {
        Simulation.Result result =
                Simulation.runWith(seed, options -> options.failsafe().only(fault));
        assertThat(result.violation()).as(() -> SimMain.describe(result)).isNull();
        assertThat(result.report().faultCount()).isPositive();
        assertThat(result.report().promotions).isEqualTo(1);
        assertThat(result.report().rules.keySet())
                .contains(RuleId.FAILSAFE_ASKS)
                .doesNotContain(ENDS_OF_A_PRIMARY);
        assertThat(result.report().lostToFailover).isZero();
    }
}
