package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.guard.Guard;
import io.tamada.agent.guard.GuardProgram;
import io.tamada.agent.os.PosixKill;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.time.Monotonic;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The guard's program beside real PostgreSQL.
@Unprivileged
class GuardTest {

    /// From an instant to the end of every process, on a machine that other tests keep busy.
    private static final Duration STRUCK_WITHIN = Duration.ofMillis(500);

    /// The bound that is documented for a machine that was paused.
    private static final Duration AFTER_THAW = Duration.ofMillis(100);

    private static final long FIVE_MEBIBYTES_IN_KB = 5 * 1024;

    @TempDir Path root;

    private static void assertStruck(Monotonic instant, Monotonic ended) {
        assertThat(ended.isAtOrAfter(instant)).as("nothing ends before its time").isTrue();
        assertThat(instant.until(ended)).isLessThan(STRUCK_WITHIN);
    }

    @Test
    void anAgentThatFallsSilentLosesItsServerWhenTheTimeHasCome() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            guarded.busyBackend();
            guarded.idleBackend();
            Monotonic quitBy = guarded.in(600);
            assertThat(agent.arm(quitBy, guarded.in(900))).isNull();
            assertThat(agent.rung().state()).isEqualTo(FencingStatus.State.ARMED);
            assertStruck(quitBy, guarded.awaitEnd());
        }
    }

    @Test
    void anAgentThatIsGoneLosesItsServerAsWell() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            guarded.busyBackend();
            Monotonic quitBy = guarded.in(600);
            agent.arm(quitBy, guarded.in(900));
            agent.close();
            assertStruck(quitBy, guarded.awaitEnd());
        }
    }

    @Test
    void aPostmasterThatIsStoppedIsKilledWithAllItsBackends() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            guarded.busyBackend();
            GuardedNode.signal(guarded.postmaster(), PosixKill.SIGSTOP);
            Monotonic killBy = guarded.in(700);
            agent.arm(guarded.in(400), killBy);
            assertStruck(killBy, guarded.awaitEnd());
        }
    }

    @Test
    void aBackendThatIsStoppedIsKilled() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            GuardedNode.signal(guarded.idleBackend(), PosixKill.SIGSTOP);
            Monotonic killBy = guarded.in(700);
            agent.arm(guarded.in(400), killBy);
            assertStruck(killBy, guarded.awaitEnd());
        }
    }

    @Test
    void aServerThatIsStartedAfterTheDeadlineIsKilledUntilAnAgentSaysOtherwise() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            agent.arm(guarded.in(0), guarded.in(0));
            guarded.awaitEnd();
            guarded.node.await(p -> p.isDown());
            assertThat(guarded.node.run(new PostgresCommand.StartAsPrimary()))
                    .isInstanceOf(Operation.Failed.class);
            guarded.awaitEnd();
            assertThat(agent.disarm()).isNull();
            guarded.node.succeed(new PostgresCommand.StartAsPrimary());
        }
    }

    @Test
    void aGuardThatWasDisarmedStrikesNobody() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            Monotonic killBy = guarded.in(300);
            agent.arm(guarded.in(200), killBy);
            assertThat(agent.disarm()).isNull();
            guarded.awaitInstant(killBy.plus(STRUCK_WITHIN));
            assertThat(guarded.node.query("SELECT 1")).isEqualTo("1");
            assertThat(agent.rung().state()).isEqualTo(FencingStatus.State.READY);
        }
    }

    @Test
    void theNextLifeOfTheAgentFindsTheGuardAndExtends() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard first = guarded.agent();
            Monotonic killBy = guarded.in(1_500);
            first.arm(killBy, killBy);
            long pid = guarded.guardPid();
            first.close();
            Guard second = guarded.agent();
            assertThat(guarded.guardPid()).isEqualTo(pid);
            assertThat(second.rung().state()).isEqualTo(FencingStatus.State.ARMED);
            assertThat(second.arm(guarded.in(60_000), guarded.in(60_000))).isNull();
            guarded.awaitInstant(killBy.plus(STRUCK_WITHIN));
            assertThat(guarded.node.query("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void thereIsOneGuardForADataDirectory() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            guarded.agent();
            long pid = guarded.guardPid();
            Path program = GuardProgram.ofThisInstallation().file();
            assertThat(program).isNotNull();
            Process another =
                    new ProcessBuilder(
                                    String.valueOf(program),
                                    guarded.place().toString(),
                                    guarded.node.settings.dataDirectory().toString())
                            .start();
            assertThat(another.waitFor()).isEqualTo(3);
            assertThat(guarded.guardPid()).isEqualTo(pid);
            assertThat(guarded.isGuardAlive(pid)).isTrue();
        }
    }

    @Test
    void aGuardThatIsLostIsReplacedByOneThatKnowsTheDeadline() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            Monotonic killBy = guarded.in(2_000);
            agent.arm(killBy, killBy);
            long pid = guarded.guardPid();
            GuardedNode.signal(pid, PosixKill.SIGKILL);
            GuardedNode.await("the next guard", () -> agent.rung().repairs() == 1);
            GuardedNode.await(
                    "its deadline", () -> agent.rung().state() == FencingStatus.State.ARMED);
            assertThat(guarded.guardPid()).isNotEqualTo(pid);
            assertStruck(killBy, guarded.awaitEnd());
        }
    }

    @Test
    void aGuardThatHangsIsReplacedAndNobodyWaitsForItLong() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            long pid = guarded.guardPid();
            GuardedNode.signal(pid, PosixKill.SIGSTOP);
            Monotonic asked = guarded.now();
            assertThat(agent.arm(guarded.in(60_000), guarded.in(60_000))).isNotNull();
            assertThat(asked.until(guarded.now())).isLessThan(Duration.ofSeconds(1));
            GuardedNode.await(
                    "its deadline", () -> agent.rung().state() == FencingStatus.State.ARMED);
            assertThat(guarded.guardPid()).isNotEqualTo(pid);
        }
    }

    /// Guard and server are stopped and go on together, as when a virtual machine is paused.
    @Test
    void afterAPauseOfTheWholeNodeTheGuardStrikesAtOnce() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            guarded.busyBackend();
            Monotonic killBy = guarded.in(500);
            agent.arm(guarded.in(400), killBy);
            agent.close();
            long pid = guarded.guardPid();
            GuardedNode.signal(pid, PosixKill.SIGSTOP);
            List<Long> server = guarded.processes();
            server.forEach(each -> GuardedNode.signal(each, PosixKill.SIGSTOP));
            guarded.awaitInstant(killBy.plus(STRUCK_WITHIN));
            assertThat(guarded.processes()).isNotEmpty();
            server.forEach(each -> GuardedNode.signal(each, PosixKill.SIGCONT));
            Monotonic thawed = guarded.now();
            GuardedNode.signal(pid, PosixKill.SIGCONT);
            assertThat(thawed.until(guarded.awaitEnd())).isLessThan(AFTER_THAW);
        }
    }

    /// All are stopped, as an idle backend ends by itself when its postmaster has died.
    @Test
    void manyBackendsDieInOneSweep() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            for (int i = 0; i < 80; i++) {
                guarded.idleBackend();
            }
            List<Long> server = guarded.processes();
            server.forEach(each -> GuardedNode.signal(each, PosixKill.SIGSTOP));
            Monotonic killBy = guarded.in(300);
            agent.arm(killBy, killBy);
            assertStruck(killBy, guarded.awaitEnd());
            assertThat(server).hasSizeGreaterThan(80);
            GuardedNode.await("the count", () -> agent.rung().kills() == server.size());
        }
    }

    @Test
    void theGuardIsSmallAndItsMemoryStays() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            agent.arm(guarded.in(0), guarded.in(0));
            guarded.awaitEnd();
            assertThat(kilobytes(guarded, "VmRSS:")).isLessThan(FIVE_MEBIBYTES_IN_KB);
            assertThat(kilobytes(guarded, "VmLck:")).isPositive();
        }
    }

    private static long kilobytes(GuardedNode guarded, String field) throws Exception {
        Path status = Path.of("/proc", Long.toString(guarded.guardPid()), "status");
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new AssertionError("no " + field);
    }

    @Test
    void aPathThatIsLongerThanAnAddressServesToo() throws Exception {
        Path deep = root.resolve("x".repeat(100)).resolve("y".repeat(60));
        Files.createDirectories(deep, onlyOurs());
        GuardedNode guarded = new GuardedNode(new TestNode(deep, "node-a"));
        try (guarded) {
            Guard agent = guarded.agent();
            assertThat(agent.arm(guarded.in(60_000), guarded.in(60_000))).isNull();
            assertThat(agent.disarm()).isNull();
        }
    }

    @Test
    void aGuardOfAnotherVersionIsSentAwayOnceOursHasTheDeadline() throws Exception {
        try (GuardedNode guarded = new GuardedNode(new TestNode(root, "node-a"));
                ServerSocketChannel stranger =
                        ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Files.createDirectories(guarded.place(), onlyOurs());
            stranger.bind(UnixDomainSocketAddress.of(guarded.place().resolve("socket.99")));
            Guard agent = guarded.agent();
            assertThat(agent.arm(guarded.in(60_000), guarded.in(60_000))).isNull();
            ByteBuffer frame = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
            try (SocketChannel heard = stranger.accept()) {
                while (frame.hasRemaining()) {
                    assertThat(heard.read(frame)).isNotNegative();
                }
            }
            assertThat(frame.getInt(0)).isEqualTo(0x54474431);
            assertThat(frame.getShort(6)).as("retire").isEqualTo((short) 9);
            agent.disarm();
        }
    }

    private static java.nio.file.attribute.FileAttribute<?> onlyOurs() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aGuardWithoutDeadlineAndAgentGoesByItself() throws Exception {
        try (GuardedNode guarded = new GuardedNode(new TestNode(root, "node-a"))) {
            Guard agent = guarded.agent();
            long pid = guarded.guardPid();
            agent.close();
            GuardedNode.await("its end", () -> !guarded.isGuardAlive(pid));
        }
    }

    @Test
    void aGuardThatHasStruckGoesWhenItsDirectoryIsRemoved() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            agent.arm(guarded.in(0), guarded.in(0));
            long pid = guarded.guardPid();
            guarded.awaitEnd();
            agent.close();
            DurableFiles.deleteTree(guarded.place());
            GuardedNode.await("its end", () -> !guarded.isGuardAlive(pid));
        }
    }

    @Test
    void aServerThatCannotBeRecognisedHasNoGuard() throws Exception {
        // As the kernel treats a program with file capabilities: its user may not look into it.
        Path program = Files.createDirectory(root.resolve("hidden")).resolve("postgres");
        Files.copy(Path.of("/bin/sleep").toRealPath(), program);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("--x--x--x"));
        Path data = Files.createDirectory(root.resolve("node-a")).toRealPath();
        Process server =
                new ProcessBuilder(program.toString(), "300").directory(data.toFile()).start();
        InstanceProcesses processes = new InstanceProcesses(data);
        try (Guard agent =
                new Guard(
                        GuardProgram.ofThisInstallation(),
                        root.resolve("guard"),
                        processes::directory,
                        processes::whyUnseen,
                        FencingStatus.Mode.REQUIRED,
                        new io.tamada.agent.os.PosixClock(),
                        _ -> {})) {
            Files.createDirectory(
                    root.resolve("guard"),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            agent.start();
            GuardedNode.await(
                    "a guard", () -> agent.rung().state() != FencingStatus.State.UNAVAILABLE);
            processes.postmaster(server.pid());
            assertThat(processes.find()).isEmpty();
            assertThat(new FencingStatus(agent.rung(), FencingStatus.Rung.OFF).whyMayNotLead())
                    .contains("guard is required", "file capabilities");
            Monotonic late = new Monotonic(Long.MAX_VALUE / 2);
            assertThat(agent.arm(late, late)).contains("file capabilities");
            processes.postmaster(0);
            assertThat(agent.rung().state()).isEqualTo(FencingStatus.State.ARMED);
            assertThat(agent.disarm()).isNull();
        } finally {
            server.destroyForcibly().waitFor();
            Guard.retireAll(root.resolve("guard"));
        }
    }

    @Test
    void aStrikeIsToldOnceAlsoToTheAgentsNextLifeAndToOneThatDisarmsAtOnce() throws Exception {
        try (GuardedNode guarded = GuardedNode.primary(root)) {
            Guard agent = guarded.agent();
            Instant before = Instant.now();
            agent.arm(guarded.in(100), guarded.in(200));
            guarded.awaitEnd();
            GuardedNode.await("the first word", () -> !guarded.strikes.isEmpty());
            assertThat(guarded.strikes.getFirst())
                    .isBetween(before.plusMillis(150), before.plusMillis(1_200));
            agent.close();

            Guard next = guarded.agent();
            GuardedNode.await("the second word", () -> guarded.strikes.size() == 2);
            assertThat(next.disarm()).isNull();
            guarded.node.await(p -> p.isDown());
            guarded.node.succeed(new PostgresCommand.StartAsPrimary());
            next.arm(guarded.in(0), guarded.in(0));
            next.disarm();
            GuardedNode.await("the third word", () -> guarded.strikes.size() == 3);
        }
    }

    @Test
    void anInstallationWithoutTheProgramSaysSoAtOnce() throws Exception {
        try (TestNode node = new TestNode(root, "node-a");
                Guard agent =
                        new Guard(
                                new GuardProgram(null),
                                node.settings.stateDirectory().resolve("guard"),
                                () -> node.control.processes().directory(),
                                () -> node.control.processes().whyUnseen(),
                                FencingStatus.Mode.REQUIRED,
                                new io.tamada.agent.os.PosixClock(),
                                _ -> {})) {
            agent.start();
            assertThat(agent.arm(new Monotonic(0), new Monotonic(0))).contains("no program");
            assertThat(new FencingStatus(agent.rung(), FencingStatus.Rung.OFF).whyMayNotLead())
                    .contains("guard is required", "no program");
        }
    }
}
