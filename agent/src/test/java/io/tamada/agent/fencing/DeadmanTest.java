package io.tamada.agent.fencing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeadmanTest {

    /// Stop budget 2 s: quit 1.5 s, kill 1 s before the end.
    private static final LeaseTiming TIMING =
            new LeaseTiming(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(2));

    private final List<String> signals = new ArrayList<>();
    private final WriteDeadline deadline = new WriteDeadline();
    private Monotonic now = new Monotonic(0);
    private boolean primary = true;
    private boolean paused;
    private final AtomicInteger unreadable = new AtomicInteger();
    private final CountDownLatch killed = new CountDownLatch(1);

    private final Deadman deadman =
            new Deadman(
                    deadline,
                    new Instance() {
                        @Override
                        public boolean mayBePrimary() {
                            return primary;
                        }

                        @Override
                        public void quit() {
                            signals.add("quit");
                        }

                        @Override
                        public void kill() {
                            if (unreadable.getAndDecrement() > 0) {
                                throw new IllegalStateException("/proc cannot be read");
                            }
                            killed.countDown();
                            signals.add("kill");
                        }
                    },
                    () -> now,
                    () -> paused,
                    Duration.ofSeconds(3));

    @Test
    void quitComesOnceAndKillComesAgainAndAgainBeforeTheDeadline() {
        leaseUntil(5_000);
        lookFrom(0, 3_450);
        assertThat(signals).isEmpty();
        lookFrom(3_500, 3_950);
        assertThat(signals).containsExactly("quit");
        lookFrom(4_000, 4_500);
        assertThat(signals.subList(1, signals.size())).hasSize(11).containsOnly("kill");
    }

    @Test
    void aStandbyIsNeverFenced() {
        primary = false;
        lookFrom(0, 60_000);
        assertThat(signals).isEmpty();
    }

    @Test
    void inPauseNothingIsFencedAndAfterwardsTheGraceBeginsAnew() {
        leaseUntil(5_000);
        lookFrom(0, 100);
        paused = true;
        lookFrom(150, 20_000);
        assertThat(signals).isEmpty();
        paused = false;
        deadline.revoke();
        lookFrom(20_050, 20_450);
        assertThat(signals).isEmpty();
    }

    @Test
    void itKillsWhenItCanAgainAfterALookThatFailed() throws InterruptedException {
        leaseUntil(5_000);
        lookFrom(0, 3_500);
        unreadable.set(2);
        now = at(4_500);
        deadman.start();
        try {
            assertThat(killed.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            deadman.close();
        }
    }

    private void leaseUntil(long millis) {
        deadline.extend(at(millis), TIMING);
    }

    private void lookFrom(long firstMillis, long lastMillis) {
        for (long millis = firstMillis; millis <= lastMillis; millis += 50) {
            now = at(millis);
            deadman.look();
        }
    }

    private static Monotonic at(long millis) {
        return new Monotonic(Duration.ofMillis(millis).toNanos());
    }
}
