package io.tamada.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.decision.RuleId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulationTest {

    private static final long SEEDS = 200;

    /// A planted mistake must be found within so many seeds.
    private static final long SEEDS_FOR_A_MISTAKE = 60;

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
        assertThat(total.rules)
                .as("the rules that matter most were at work")
                .contains(
                        RuleId.LEADER_PROMOTES,
                        RuleId.LEADER_TOO_LATE,
                        RuleId.LEADER_ADOPTS_FORMER_LIFE,
                        RuleId.DEPOSED_PRIMARY_STOPS,
                        RuleId.STORE_SILENT_DEADLINE_REACHED,
                        RuleId.REWIND_NEEDED,
                        RuleId.SHUTDOWN_HANDS_OVER);
        assertThat(total.timelineTwins)
                .as("runs that end early because a timeline was begun twice")
                .isLessThan(total.promotions / 50);
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
        Sweep sweep = Sweep.run(1, SEEDS_FOR_A_MISTAKE, Simulation.Manner.with(mutation));
        assertThat(sweep.results())
                .extracting(result -> result.violation() == null ? null : result.violation().kind())
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
