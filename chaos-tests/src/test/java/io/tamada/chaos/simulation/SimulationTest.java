package io.tamada.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulationTest {

    private static final long SEEDS = 200;

    /// A planted mistake must be found within the default seeds; so many are tried at a time.
    private static final long SEEDS_AT_A_TIME = 25;

    @Test
    void twoHundredClustersKeepTheirPromisesAndHeal() throws InterruptedException {
        Sweep sweep = Sweep.run(1, SEEDS, Simulation.Manner.USUAL);

        for (Simulation.Result failure : sweep.failures()) {
            assertThat(failure.violation()).as(() -> SimMain.describe(failure)).isNull();
        }
        RunReport total = sweep.total();
        System.out.print(total.text());
        System.out.print(sweep.speed());
        assertThat(total.faultsAMinute()).as("faults a virtual minute").isGreaterThan(1);
        assertThat(sweep.virtualHoursAMinuteOnTwoProcessors())
                .as("a quarter of what the simulator makes on a machine of its own")
                .isGreaterThan(250);
        assertThat(total.leaderChanges).as("idle hours prove nothing").isGreaterThan(2 * SEEDS);
        assertThat(total.restored).as("WAL that an archive has given").isPositive();
        assertThat(total.switchovers).as("planned switchovers").isPositive();
        assertThat(total.lulls).as("clusters that became whole in the middle").isPositive();
        assertThat(total.neverInjected()).as("faults that never happened").isEmpty();
        assertThat(total.neverReached())
                .as(
                        "rules that no run has reached; make a run reach it, or say in"
                                + " unreached-rules.txt why none does")
                .isSubsetOf(Lists.rulesThatNeedNotBeReached());
    }

    static List<Long> seedsThatFailedOnce() {
        return Lists.seedsThatFailedOnce();
    }

    @ParameterizedTest
    @MethodSource("seedsThatFailedOnce")
    void aSeedThatFailedOnceFailsNoMore(long seed) {
        Simulation.Result result = Simulation.run(seed);
        assertThat(result.violation()).as(() -> SimMain.describe(result)).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 17, 42})
    void aSeedReplaysToTheLetter(long seed) {
        Simulation.Result once = Simulation.run(seed);
        Simulation.Result again = Simulation.run(seed);
        assertThat(again.traceHash()).isEqualTo(once.traceHash());
        assertThat(again.lastLines()).isEqualTo(once.lastLines());
        assertThat(again.report().events).isEqualTo(once.report().events);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistakeIsFound(Mutation mutation) throws InterruptedException {
        Set<Violation.Kind> found = EnumSet.noneOf(Violation.Kind.class);
        for (long from = 1; from <= SEEDS; from += SEEDS_AT_A_TIME) {
            Sweep sweep = Sweep.run(from, SEEDS_AT_A_TIME, Simulation.Manner.with(mutation));
            for (Simulation.Result failure : sweep.failures()) {
                found.add(Objects.requireNonNull(failure.violation()).kind());
            }
            if (mutation.symptoms().stream().anyMatch(found::contains)) {
                return;
            }
        }
        assertThat(found)
                .as("what the checkers say of %s", mutation)
                .containsAnyElementsOf(mutation.symptoms());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aClusterToWhichNothingHappensKeepsItsLeaderAndEveryTransaction(long seed) {
        Simulation.Result result = Simulation.runWith(seed, Options::quiet);
        assertThat(result.violation()).as(() -> SimMain.describe(result)).isNull();
        assertThat(result.report().leaderChanges).isEqualTo(1);
        assertThat(result.report().promotions).isEqualTo(1);
        assertThat(result.report().acknowledged).isGreaterThan(100);
        assertThat(result.report().lostToFailover).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anOrderlyShutdownOfTheLeaderLosesNothing(long seed) {
        Simulation.Result result =
                Simulation.runWith(seed, options -> options.only(FaultKind.AGENT_SHUTDOWN));
        assertThat(result.violation()).as(() -> SimMain.describe(result)).isNull();
        assertThat(result.report().faultCount()).isPositive();
        assertThat(result.report().leaderChanges).isGreaterThan(1);
        assertThat(result.report().lostToFailover).isZero();
    }
}
