package io.tamada.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What somebody does by hand to a cluster that is well.
final class OperatorSimulationTest {

    private static final int SEEDS = 8;

    private static final String DELETIONS =
            "(LEADER|SYNC|STATUS|MEMBER|CONFIG|HISTORY|INITIALIZE)_KEY_DELETED";

    static Stream<Arguments> deletions() {
        return Stream.of(FaultKind.values())
                .filter(fault -> fault.name().matches(DELETIONS))
                .flatMap(
                        fault ->
                                IntStream.rangeClosed(1, SEEDS)
                                        .mapToObj(seed -> Arguments.of(fault, seed)));
    }

    /// The primary writes the key again; nobody else takes its place, and clients notice nothing.
    @ParameterizedTest
    @MethodSource("deletions")
    void aKeyThatSomebodyDeletesMovesNothing(FaultKind fault, long seed) {
        Simulation.Result result = Simulation.runWith(seed, options -> options.only(fault));
        assertThat(result.violation()).as(() -> SimMain.describe(result)).isNull();
        assertThat(result.report().promotions).isEqualTo(1);
        assertThat(result.report().leaderChanges).isEqualTo(1);
        assertThat(result.report().lostToFailover).isZero();
    }

    static Stream<Arguments> orders() {
        return Stream.of(
                        FaultKind.ANOTHER_LEADER_ASKED,
                        FaultKind.SWITCHOVER_SCHEDULED,
                        FaultKind.REQUEST_WITHDRAWN,
                        FaultKind.RESTART_ORDERED,
                        FaultKind.REINITIALIZE_ORDERED)
                .flatMap(
                        fault ->
                                IntStream.rangeClosed(1, SEEDS)
                                        .mapToObj(seed -> Arguments.of(fault, seed)));
    }

    /// In every mode, asynchronous too.
    @ParameterizedTest
    @MethodSource("orders")
    void whatIsOrderedLosesNothing(FaultKind fault, long seed) {
        Simulation.Result result = Simulation.runWith(seed, options -> options.only(fault));
        assertThat(result.violation()).as(() -> SimMain.describe(result)).isNull();
        assertThat(result.report().lostToFailover).isZero();
    }

    /// Deleted keys together with what makes each of them dangerous. Not the status: what a member
    /// remembers of it lasts one life of its agent, so that a node's crash right after the key was
    /// deleted by hand can still have a member promoted that is too far behind.
    @ParameterizedTest
    @EnumSource(names = {"RECORDS_UNSEEN", "STANDBYS_NOT_AWAITED"})
    void whatFindsAMistakeFindsNoneWithoutIt(Mutation mutation) throws InterruptedException {
        Sweep sweep = Sweep.run(1, 40, Simulation.Manner.with(mutation.faults()));
        for (Simulation.Result failure : sweep.failures()) {
            assertThat(failure.violation()).as(() -> SimMain.describe(failure)).isNull();
        }
        assertThat(sweep.total().faults.keySet()).containsAll(mutation.faults());
    }
}
