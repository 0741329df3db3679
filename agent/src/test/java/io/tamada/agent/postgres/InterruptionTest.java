package io.tamada.agent.postgres;

import static io.tamada.agent.postgres.LinuxPostgresControlTest.postmaster;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.os.PosixKill;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.PostgresSettings.Roles;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clones and rewinds that are refused, killed in the middle, or must make room, on real
/// PostgreSQL.
@Unprivileged
class InterruptionTest {

    private static final int KILLED_REWINDS = 4;
    private static final double LATER_BY_SECONDS = 0.003;
    private static final String NEVER = "never";

    @TempDir Path root;

    @Test
    void aRewindRoleThatMayNotReadFilesIsToldWhatToType() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            diverge(a, b);
            b.query(
                    "REVOKE EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean)"
                            + " FROM rewinder");

            assertThat(a.fail(new PostgresCommand.Rewind(b.name, b.upstream())))
                    .contains("\"rewinder\" (postgresql.authentication.rewind)")
                    .contains(
                            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text,"
                                    + " bigint, bigint, boolean) TO \"rewinder\";")
                    .doesNotContain("pg_ls_dir");
            assertThat(a.control.observe().directory()).isInstanceOf(DataDirectory.Ready.class);
        }
    }

    @Test
    void aWrongRewindPasswordIsNamedAtOnceAndChangesNothing() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            diverge(a, b);
            Roles right = a.settings.roles();
            Roles wrong =
                    new Roles(
                            right.superuser(),
                            right.replication(),
                            Role.of("rewinder", "mistyped"));
            try (TestNode again = a.successor(TestNode.roles(wrong))) {
                assertThat(again.fail(new PostgresCommand.Rewind(b.name, b.upstream())))
                        .contains("\"rewinder\" (postgresql.authentication.rewind)")
                        .contains("password authentication failed")
                        .doesNotContain("mistyped");
                assertThat(again.control.observe().directory())
                        .isInstanceOf(DataDirectory.Ready.class);
            }
        }
    }

    /// The agent dies with its tool or before it; neither leaves anything that can be started.
    @Test
    void aRewindKilledAtAnyMomentIsNeverStartedAndIsCompletedByTheNextOrReplaced()
            throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            diverge(a, b);
            Path delay = Files.writeString(root.resolve("delay"), NEVER);
            TestNode victim = a.successor(programs(killedRewind(delay)));
            int interrupted = 0;
            // Each kill comes a little later than the one before, counted from when pg_rewind says
            // that it begins to change files.
            double seconds = 0;
            while (interrupted < KILLED_REWINDS) {
                Files.writeString(delay, String.format(Locale.ROOT, "%.3f", seconds));
                seconds += random.nextDouble(2 * LATER_BY_SECONDS);
                Operation end = victim.run(new PostgresCommand.Rewind(b.name, b.upstream()));
                victim = victim.successor(UnaryOperator.identity());
                DataDirectory left = victim.control.observe().directory();
                if (left instanceof DataDirectory.Interrupted) {
                    interrupted++;
                    assertThat(end).isInstanceOf(Operation.Failed.class);
                    assertThat(victim.fail(new PostgresCommand.StartAsPrimary()))
                            .contains("rewind");
                    assertThat(victim.fail(new PostgresCommand.StartAsStandby(b.upstream())))
                            .contains("rewind");
                    assertThat(victim.fail(new PostgresCommand.Clone(b.name, b.upstream())))
                            .contains("not empty");
                } else {
                    assertThat(left).isInstanceOf(DataDirectory.Ready.class);
                    if (end instanceof Operation.Succeeded) {
                        break;
                    }
                }
            }
            Files.writeString(delay, NEVER);
            assertThat(interrupted).as("kills that came in the middle").isPositive();
            if (victim.run(new PostgresCommand.Rewind(b.name, b.upstream()))
                    instanceof Operation.Failed(var _, var _, String reason, int _)) {
                // Killed while it put the source's WAL over the target's own, which the next one
                // reads: PostgreSQL's manual asks for a new copy then.
                assertThat(reason).contains("could not find previous WAL record");
                assertThat(victim.control.observe().directory())
                        .isInstanceOf(DataDirectory.Interrupted.class);
                victim.succeed(new PostgresCommand.WipeAndClone(b.name, b.upstream()));
            }
            b.begin(new PostgresCommand.CreateSlot("node_a"));
            b.awaitStatus(s -> !s.slots().isEmpty());
            victim.succeed(new PostgresCommand.StartAsStandby(b.upstream()));
            victim.awaitStatus(ServerStatus::streaming);
            assertThat(victim.query("SELECT count(*) FROM t WHERE who = 'lost'")).isEqualTo("0");
            victim.close();
        }
    }

    /// pg_rewind writes the control file last but for the flush: after that it finds nothing to do.
    @Test
    void aRewindKilledInItsLastFlushIsEndedByTheNextToTheSameTimeline() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            diverge(a, b);
            StateDirectory state = new StateDirectory(a.settings.stateDirectory());
            a.succeed(new PostgresCommand.Rewind(b.name, b.upstream()));
            state.markRewind(new Timeline(2), false);
            assertThat(Files.readString(state.toolLog("pg_rewind")))
                    .contains("rewinding from last common checkpoint");

            a.succeed(new PostgresCommand.Rewind(b.name, b.upstream()));

            assertThat(Files.readString(state.toolLog("pg_rewind"))).contains("no rewind required");
            assertThat(a.control.observe().directory()).isInstanceOf(DataDirectory.Ready.class);
        }
    }

    @Test
    void aHalfRewoundDirectoryIsNotWholeBecauseAnotherTimelineHasNothingToRewind()
            throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            b.join(a);
            b.succeed(new PostgresCommand.Stop(StopMode.FAST));
            // What a rewind against a leader that is gone has left behind.
            StateDirectory state = new StateDirectory(b.settings.stateDirectory());
            state.markRewind(new Timeline(7), false);
            Files.writeString(
                    state.toolLog("pg_rewind"),
                    "pg_rewind: rewinding from last common checkpoint at 0/2000028 on timeline 1\n");

            for (int attempt = 1; attempt <= 2; attempt++) {
                assertThat(b.fail(new PostgresCommand.Rewind(a.name, a.upstream())))
                        .contains("needs a new copy");
                assertThat(b.control.observe().directory())
                        .isEqualTo(new DataDirectory.Interrupted("rewind"));
            }
            b.succeed(new PostgresCommand.WipeAndClone(a.name, a.upstream()));
            b.succeed(new PostgresCommand.StartAsStandby(a.upstream()));
            b.awaitStatus(ServerStatus::streaming);
        }
    }

    @Test
    void aKilledBaseBackupIsNeverStartedAndOneWhoseAgentDiedIsEndedByTheNext() throws Exception {
        try (TestNode a = new TestNode(root, "node-a")) {
            a.bootstrap();
            TestNode slow =
                    new TestNode(root, "node-b", TestNode.basebackup("--no-sync", "--max-rate=1M"));
            begin(slow, a);
            for (long pid : tools(slow)) {
                PosixKill.Sent _ = PosixKill.signal(pid, PosixKill.SIGKILL);
            }
            assertThat(slow.ended()).isInstanceOf(Operation.Failed.class);
            assertThat(slow.fail(new PostgresCommand.StartAsStandby(a.upstream())))
                    .contains("clone");

            begin(slow, a);
            List<Long> orphans = tools(slow);
            assertThat(orphans).isNotEmpty();
            try (TestNode next = slow.successor(TestNode.basebackup("--no-sync"))) {
                assertThat(next.control.observe().directory())
                        .isEqualTo(new DataDirectory.Interrupted("clone"));
                assertThat(next.fail(new PostgresCommand.StartAsStandby(a.upstream())))
                        .contains("clone");
                next.join(a);
                assertThat(tools(next)).doesNotContainAnyElementsOf(orphans);
            }
        }
    }

    @Test
    void whatACopyReplacesIsKeptUntilTheCopyStreams() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            b.join(a);
            b.succeed(new PostgresCommand.Stop(StopMode.FAST));
            Files.writeString(b.settings.dataDirectory().resolve("left-behind"), "");

            b.succeed(new PostgresCommand.WipeAndClone(a.name, a.upstream()));
            assertThat(asides("node-b"))
                    .singleElement()
                    .satisfies(old -> assertThat(old.resolve("left-behind")).exists());
            Path kept = asides("node-b").getFirst();

            // The copy that has never streamed goes; what had streamed stays.
            b.succeed(new PostgresCommand.WipeAndClone(a.name, a.upstream()));
            assertThat(asides("node-b")).containsExactly(kept);

            b.succeed(new PostgresCommand.StartAsStandby(a.upstream()));
            b.awaitStatus(ServerStatus::streaming);
            b.await(p -> !Files.exists(kept));
        }
    }

    @Test
    void nothingIsRemovedForASourceThatIsGoneOrAnotherClusters() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.succeed(new PostgresCommand.Initdb());
            a.succeed(new PostgresCommand.StartAsPrimary());
            a.succeed(new PostgresCommand.Provision());
            b.bootstrap();
            b.succeed(new PostgresCommand.Stop(StopMode.FAST));

            assertThat(b.fail(new PostgresCommand.WipeAndClone(a.name, a.upstream())))
                    .contains("another cluster");
            a.succeed(new PostgresCommand.Stop(StopMode.FAST));
            assertThat(b.fail(new PostgresCommand.WipeAndClone(a.name, a.upstream())))
                    .contains("refused");
            b.succeed(new PostgresCommand.StartAsPrimary());
        }
    }

    /// `a` has a row that nobody shares and is down; `b` leads on timeline 2.
    private static void diverge(TestNode a, TestNode b) throws Exception {
        a.bootstrap();
        a.query("CREATE TABLE t (who text)");
        b.join(a);
        b.succeed(new PostgresCommand.Stop(StopMode.FAST));
        a.query("INSERT INTO t SELECT 'lost' FROM generate_series(1, 50000)");
        PosixKill.signal(postmaster(a), PosixKill.SIGKILL);
        a.await(LocalPostgres::isDown);
        b.succeed(new PostgresCommand.StartAsStandby(null));
        b.succeed(new PostgresCommand.Promote(new Timeline(2)));
        b.query("INSERT INTO t SELECT 'kept' FROM generate_series(1, 50000)");
    }

    private static void begin(TestNode target, TestNode source) throws Exception {
        target.begin(new PostgresCommand.Clone(source.name, source.upstream()));
        // What an interrupted copy has left may be there still when the next one begins.
        target.await(
                p ->
                        isCopying(target)
                                && Files.exists(target.settings.dataDirectory().resolve("base")));
    }

    private static boolean isCopying(TestNode node) {
        try {
            return !tools(node).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The programs, with another pg_rewind in their midst.
    private Path killedRewind(Path delay) throws IOException {
        Path bin = Files.createDirectory(root.resolve("bin"));
        try (DirectoryStream<Path> programs = Files.newDirectoryStream(TestNode.BIN)) {
            for (Path program : programs) {
                if (!program.endsWith("pg_rewind")) {
                    Files.createSymbolicLink(bin.resolve(program.getFileName()), program);
                }
            }
        }
        Path script = bin.resolve("pg_rewind");
        Files.writeString(
                script,
                """
                #!/bin/sh
                delay=$(cat %1$s)
                words=%1$s.$$
                mkfifo "$words"
                %2$s "$@" 2> "$words" &
                while IFS= read -r line; do
                    echo "$line" >&2
                    case $delay:$line in
                    never:*) ;;
                    *"rewinding from last common checkpoint"*) sleep "$delay"; kill -KILL $! ;;
                    esac
                done < "$words"
                rm "$words"
                wait $!
                """
                        .formatted(delay, TestNode.BIN.resolve("pg_rewind")));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return bin;
    }

    private static UnaryOperator<PostgresSettings> programs(Path bin) {
        return TestNode.binaries(PostgresSettings.Binaries.in(bin));
    }

    private List<Path> asides(String node) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(root, node + ".old-*")) {
            siblings.forEach(found::add);
        }
        return found;
    }

    private static List<Long> tools(TestNode node) throws IOException {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                if (arguments(entry).contains("--pgdata=" + node.settings.dataDirectory())) {
                    pids.add(Long.parseLong(entry.getFileName().toString()));
                }
            }
        }
        return pids;
    }

    /// Nothing for a process that has gone meanwhile.
    private static String arguments(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
