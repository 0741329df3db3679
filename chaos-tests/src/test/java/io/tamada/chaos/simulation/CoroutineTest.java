package io.tamada.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CoroutineTest {

    private final List<String> seen = new ArrayList<>();

    @Test
    void codeIsLeftAndEnteredAgainWhereItStood() {
        Coroutine coroutine =
                new Coroutine(
                        () -> {
                            for (int i = 0; i < 2; i++) {
                                seen.add("step " + i);
                                deeper();
                            }
                        });
        coroutine.resume();
        seen.add("outside");
        coroutine.resume();
        coroutine.resume();
        assertThat(coroutine.hasEnded()).isTrue();
        assertThat(seen).containsExactly("step 0", "outside", "back", "step 1", "back");
    }

    private void deeper() {
        List.of(1).forEach(_ -> Coroutine.suspend());
        seen.add("back");
    }

    @Test
    void whatTheBodyThrowsComesOutOfResume() {
        Coroutine coroutine =
                new Coroutine(
                        () -> {
                            Coroutine.suspend();
                            throw new IllegalStateException("broken");
                        });
        coroutine.resume();
        assertThatThrownBy(coroutine::resume).hasMessage("broken");
        assertThat(coroutine.hasEnded()).isTrue();
    }

    @Test
    void aProcessThatIsPausedGoesOnWhereItWasAndAKilledOneNever() {
        Scheduler scheduler = new Scheduler();
        Machine machine = new Machine(scheduler, () -> {});
        List<SimProcess> self = new ArrayList<>();
        SimProcess process =
                new SimProcess(
                        scheduler,
                        machine,
                        () -> {
                            while (true) {
                                seen.add("at " + scheduler.nowNanos());
                                self.getFirst().sleep(10);
                            }
                        },
                        () -> {});
        self.add(process);
        process.start();
        run(scheduler, 5);
        process.pause();
        run(scheduler, 35);
        process.unpause();
        run(scheduler, 36);
        machine.freeze();
        run(scheduler, 60);
        machine.thaw();
        process.wake();
        run(scheduler, 61);
        process.kill();
        run(scheduler, 200);
        assertThat(seen).startsWith("at 0", "at 35", "at 60").noneMatch(s -> s.endsWith("100"));
    }

    private static void run(Scheduler scheduler, long untilNanos) {
        while (scheduler.step(untilNanos)) {
            // Every event until then.
        }
    }
}
