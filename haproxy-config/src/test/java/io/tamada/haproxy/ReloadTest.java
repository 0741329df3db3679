package io.tamada.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.haproxy.FakeMember.Role;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What becomes of old sessions when the primary freezes: after a reload, and without one.
final class ReloadTest {

    private static final Duration OLD_WORKER_LIFE = Duration.ofSeconds(4);

    /// Three checks that run into their timeout, and room for a slow machine.
    private static final Duration BY_HEALTH_CHECK = Duration.ofMillis(2_500);

    private static final Duration ROOM = Duration.ofSeconds(4);

    @Test
    void sessionsOfTheOldWorkerOutliveAFrozenPrimaryUntilTheWorkerIsEnded() throws Exception {
        try (var one = new FakeMember("one", Role.PRIMARY);
                var two = new FakeMember("two", Role.STANDBY)) {
            ProxySlots slots = ProxySlots.of(List.of(one.member(), two.member()), 2);
            ProxySettings settings = ProxySettings.defaults().withOldWorkerLife(OLD_WORKER_LIFE);
            try (var haproxy = new HaproxyProcess(settings, slots);
                    var old = Client.openTo("one", haproxy.writePort())) {
                long oldWorker = haproxy.reload(slots);
                long reloadedAt = System.nanoTime();
                try (var young = Client.openTo("one", haproxy.writePort())) {
                    assertThat(old.lives()).as("a reload alone ends nobody's session").isTrue();

                    one.freeze();

                    assertThat(young.endedWithin(BY_HEALTH_CHECK))
                            .as("the new worker sees the freeze and ends its session")
                            .isNotNull();
                    assertThat(old.lives())
                            .as("the old worker sees nothing: this is the hole")
                            .isTrue();
                    assertThat(old.endedWithin(OLD_WORKER_LIFE.plus(ROOM)))
                            .as("hard-stop-after ends it all the same")
                            .isNotNull();
                    assertThat(Duration.ofNanos(System.nanoTime() - reloadedAt))
                            .isLessThan(OLD_WORKER_LIFE.plus(ROOM));
                    Pause.until(
                            "the old worker is gone",
                            ROOM,
                            () -> ProcessHandle.of(oldWorker).isEmpty());
                }
                two.become(Role.PRIMARY);
                Client.openTo("two", haproxy.writePort()).close();
            }
        }
    }

    @Test
    void afterAChangeThroughTheRuntimeSocketEverySessionFollowsTheHealthChecks() throws Exception {
        try (var one = new FakeMember("one", Role.PRIMARY);
                var two = new FakeMember("two", Role.STANDBY)) {
            ProxySlots slots = ProxySlots.of(List.of(one.member()), 2);
            try (var haproxy = new HaproxyProcess(ProxySettings.defaults(), slots);
                    var old = Client.openTo("one", haproxy.writePort())) {
                assertThat(haproxy.runtime().reconcile(slots, List.of(one.member(), two.member())))
                        .isInstanceOf(Reconciliation.Done.class);
                assertThat(old.lives()).isTrue();

                one.freeze();

                assertThat(old.endedWithin(BY_HEALTH_CHECK)).as("no hole").isNotNull();
                two.become(Role.PRIMARY);
                Client.openTo("two", haproxy.writePort()).close();
                assertThat(haproxy.log()).contains("Server primary/member1 is DOWN");
            }
        }
    }
}
