package io.tamada.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.haproxy.FakeMember.Role;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Members come, go and move in a running HAProxy.
final class HaproxyRuntimeTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    @Test
    void membersComeGoAndMoveWithoutAReloadAndWithoutCuttingOthersSessions() throws Exception {
        try (var one = new FakeMember("one", Role.PRIMARY);
                var two = new FakeMember("two", Role.STANDBY);
                var three = new FakeMember("three", Role.STANDBY);
                var elsewhere = new FakeMember("elsewhere", Role.STANDBY)) {
            ProxySlots slots = ProxySlots.of(List.of(one.member(), two.member()), 4);
            try (var haproxy = new HaproxyProcess(ProxySettings.defaults(), slots);
                    var writer = Client.openTo("one", haproxy.writePort());
                    var reader = Client.openTo("two", haproxy.readPort())) {
                long worker = haproxy.workerPid();

                slots =
                        done(
                                haproxy.runtime()
                                        .reconcile(
                                                slots,
                                                List.of(
                                                        one.member(),
                                                        two.member(),
                                                        three.member())));
                try (var readerOfThree = Client.openTo("three", haproxy.readPort())) {
                    slots =
                            done(
                                    haproxy.runtime()
                                            .reconcile(
                                                    slots,
                                                    List.of(
                                                            one.member(),
                                                            two.member(),
                                                            elsewhere.memberNamed("three"))));
                    assertThat(readerOfThree.endedWithin(SOON))
                            .as("the session to the address that three left")
                            .isNotNull();
                }
                Client.openTo("elsewhere", haproxy.readPort()).close();
                assertThat(slots.slotOf("three")).isEqualTo(3);
                assertThat(reader.lives()).isTrue();

                slots =
                        done(
                                haproxy.runtime()
                                        .reconcile(
                                                slots,
                                                List.of(
                                                        one.member(),
                                                        elsewhere.memberNamed("three"))));
                assertThat(reader.endedWithin(SOON)).as("the removed member's").isNotNull();
                assertThat(writer.lives()).as("the session to who stayed").isTrue();
                assertThat(haproxy.workerPid()).as("no reload").isEqualTo(worker);

                var again = haproxy.runtime().reconcile(slots, List.copyOf(slots.taken().values()));
                assertThat(again).isEqualTo(new Reconciliation.Done(slots, 0));
            }
        }
    }

    @Test
    void aStandbyThatComesInNeverGetsAWriter() throws Exception {
        try (var one = new FakeMember("one", Role.PRIMARY);
                var two = new FakeMember("two", Role.STANDBY)) {
            ProxySlots slots = ProxySlots.of(List.of(two.member()), 2);
            // Only a standby is there, so whoever gets through on the port for writing is lost.
            try (var haproxy = new HaproxyProcess(ProxySettings.defaults(), slots)) {
                Client.openTo("two", haproxy.readPort()).close();
                Pause.until(
                        "two is known as no primary",
                        SOON,
                        () -> status(haproxy, "primary", "member1").startsWith("DOWN"));
                slots = done(haproxy.runtime().reconcile(slots, List.of()));
                for (int round = 0; round < 20; round++) {
                    slots = done(haproxy.runtime().reconcile(slots, List.of(two.member())));
                    try (var wrong = Client.tryOpen(haproxy.writePort())) {
                        assertThat(wrong).isNull();
                    }
                    slots = done(haproxy.runtime().reconcile(slots, List.of()));
                }
                done(haproxy.runtime().reconcile(slots, List.of(one.member(), two.member())));
                Client.openTo("one", haproxy.writePort()).close();
            }
        }
    }

    @Test
    void moreMembersThanSlotsAskForAReload() throws Exception {
        try (var one = new FakeMember("one", Role.PRIMARY);
                var two = new FakeMember("two", Role.STANDBY)) {
            ProxySlots slots = ProxySlots.of(List.of(one.member()), 1);
            try (var haproxy = new HaproxyProcess(ProxySettings.defaults().withSlots(1), slots)) {
                var answer =
                        haproxy.runtime().reconcile(slots, List.of(one.member(), two.member()));
                assertThat(answer).isInstanceOf(Reconciliation.ReloadNeeded.class);

                haproxy.reload(((Reconciliation.ReloadNeeded) answer).slots());
                Client.openTo("two", haproxy.readPort()).close();
            }
        }
    }

    @Test
    void anUnknownServerOrCommandIsAFailureInHaproxysWords() throws Exception {
        try (var one = new FakeMember("one", Role.PRIMARY);
                var haproxy =
                        new HaproxyProcess(
                                ProxySettings.defaults(),
                                ProxySlots.of(List.of(one.member()), 1))) {
            assertThat(haproxy.runtime().send("set server primary/member99 state ready"))
                    .isEqualTo(
                            new RuntimeAnswer.Failed(
                                    "set server primary/member99 state ready: [3]: No such"
                                            + " server."));
            assertThat(haproxy.runtime().send("make coffee"))
                    .isInstanceOf(RuntimeAnswer.Failed.class);
        }
    }

    @Test
    void aSocketThatNeverAnswersCostsOneTimeout() throws Exception {
        Path directory = Files.createTempDirectory("tamada-silent");
        Path socket = directory.resolve("silent.sock");
        try (var silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(socket));
            long start = System.nanoTime();
            var answer = new HaproxyRuntime(socket, Duration.ofMillis(200)).send("show info");
            long tookMillis = (System.nanoTime() - start) / 1_000_000;

            assertThat(answer)
                    .isEqualTo(
                            new RuntimeAnswer.Failed(
                                    "show info: HAProxy at %s: no answer within 200 ms"
                                            .formatted(socket)));
            assertThat(tookMillis).isBetween(190L, 2_000L);
        } finally {
            Files.deleteIfExists(socket);
            Files.delete(directory);
        }
    }

    @Test
    void aMissingSocketIsAFailureAndNamesIt() {
        var runtime = new HaproxyRuntime(Path.of("/nonexistent/admin.sock"), Duration.ofSeconds(1));

        assertThat(runtime.send("show info"))
                .isInstanceOfSatisfying(
                        RuntimeAnswer.Failed.class,
                        failed -> assertThat(failed.reason()).contains("/nonexistent/admin.sock"));
    }

    private static ProxySlots done(Reconciliation outcome) {
        assertThat(outcome).isInstanceOf(Reconciliation.Done.class);
        return ((Reconciliation.Done) outcome).slots();
    }

    /// The `status` column of the statistics.
    private static String status(HaproxyProcess haproxy, String backend, String server) {
        if (haproxy.runtime().send("show stat") instanceof RuntimeAnswer.Text(var text)) {
            for (String line : text.lines().toList()) {
                if (line.startsWith(backend + "," + server + ",")) {
                    return line.split(",", -1)[17];
                }
            }
        }
        return "";
    }
}
