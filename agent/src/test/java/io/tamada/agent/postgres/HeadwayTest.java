package io.tamada.agent.postgres;

import static io.tamada.agent.postgres.LinuxPostgresControlTest.postmaster;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.os.PosixKill;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Headway;
import io.tamada.core.postgres.Headway.Trouble;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.wal.Timeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an instance on its way back shows of itself, on real PostgreSQL.
@Unprivileged
class HeadwayTest {

    @TempDir Path root;

    private static Headway headway(TestNode node) {
        return node.control.observe().headway();
    }

    private static Trouble awaitTrouble(TestNode node, Trouble.Kind kind) throws Exception {
        node.await(p -> p.headway().hasTrouble(kind));
        return Objects.requireNonNull(headway(node).trouble());
    }

    @Test
    void aStandbyIsToldThatItsWalIsGoneAndThenThatItIsThereAgain() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            b.join(a);
            assertThat(headway(b).trouble()).isNull();
            b.succeed(new PostgresCommand.Stop(StopMode.FAST));
            a.begin(new PostgresCommand.DropSlot("node_b"));
            a.awaitStatus(s -> s.slots().isEmpty());
            // More than wal_keep_size holds.
            for (int segment = 0; segment < 12; segment++) {
                a.query("CREATE TABLE filler_%d AS SELECT 1".formatted(segment));
                a.query("SELECT pg_switch_wal()");
            }
            a.query("CHECKPOINT");
            a.begin(new PostgresCommand.CreateSlot("node_b"));
            b.succeed(new PostgresCommand.StartAsStandby(a.upstream()));

            assertThat(awaitTrouble(b, Trouble.Kind.WAL_REMOVED).reason())
                    .contains("has already been removed");
            assertThat(headway(b).hasLed()).isFalse();

            b.succeed(new PostgresCommand.Stop(StopMode.FAST));
            b.succeed(new PostgresCommand.WipeAndClone(a.name, a.upstream()));
            b.succeed(new PostgresCommand.StartAsStandby(a.upstream()));
            b.awaitStatus(ServerStatus::streaming);
            b.await(p -> p.headway().trouble() == null);
        }
    }

    @Test
    void aChangedReplicationPasswordIsNamed() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            b.join(a);
            a.query("ALTER ROLE replicator PASSWORD 'another'");
            a.query("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");

            assertThat(awaitTrouble(b, Trouble.Kind.OTHER).reason())
                    .contains("\"replicator\" (postgresql.authentication.replication)")
                    .contains("password authentication failed");
        }
    }

    @Test
    void aDirectoryIsAFollowersFromItsCopyOrRewindUntilItsServerMayBeAPrimary() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            assertThat(headway(a).hasLed()).isTrue();
            b.join(a);
            b.await(p -> !p.headway().hasLed());
            a.query("CREATE TABLE t ()");
            PosixKill.signal(postmaster(a), PosixKill.SIGKILL);
            a.await(LocalPostgres::isDown);
            b.succeed(new PostgresCommand.Promote(new Timeline(2)));
            b.await(p -> p.headway().hasLed());
            a.succeed(new PostgresCommand.Rewind(b.name, b.upstream()));
            a.await(p -> !p.headway().hasLed());
        }
    }

    @Test
    void aServerWhoseRecoveryFailsIsToldFromOneWithAWrongParameter() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            b.succeed(new PostgresCommand.Clone(a.name, a.upstream()));
            Path label = b.settings.dataDirectory().resolve("backup_label");
            String right = Files.readString(label);
            Files.writeString(label, "nothing that a backup would leave\n");
            b.fail(new PostgresCommand.StartAsStandby(a.upstream()));
            assertThat(awaitTrouble(b, Trouble.Kind.RECOVERY_FAILS).reason())
                    .contains("backup_label");
            Files.writeString(label, right);
            Files.writeString(
                    b.settings.dataDirectory().resolve("postgresql.base.conf"),
                    "shared_preload_libraries = 'no_such_library'\n");
            b.fail(new PostgresCommand.StartAsStandby(a.upstream()));
            assertThat(awaitTrouble(b, Trouble.Kind.OTHER).reason()).contains("no_such_library");
        }
    }

    @Test
    void theOdometerMovesWhileACopyGrowsAndStandsWhileItIsHeldUp() throws Exception {
        try (TestNode a = new TestNode(root, "node-a")) {
            a.bootstrap();
            TestNode slow =
                    new TestNode(root, "node-b", TestNode.basebackup("--no-sync", "--max-rate=2M"));
            slow.begin(new PostgresCommand.Clone(a.name, a.upstream()));
            slow.await(p -> Files.exists(slow.settings.dataDirectory().resolve("base")));
            long first = headway(slow).odometer();
            slow.await(p -> p.headway().odometer() > first + 1);

            for (long pid : a.control.processes().find()) {
                PosixKill.Sent _ = PosixKill.signal(pid, PosixKill.SIGSTOP);
            }
            try {
                long[] last = {headway(slow).odometer(), System.nanoTime()};
                slow.await(
                        p -> {
                            long now = p.headway().odometer();
                            if (now != last[0]) {
                                last[0] = now;
                                last[1] = System.nanoTime();
                            }
                            // Three looks without a change.
                            return System.nanoTime() - last[1] > 3_500_000_000L;
                        });
                assertThat(slow.control.observe().operation())
                        .isInstanceOf(Operation.Running.class);
            } finally {
                for (long pid : a.control.processes().find()) {
                    PosixKill.Sent _ = PosixKill.signal(pid, PosixKill.SIGCONT);
                }
            }
            slow.succeed(new PostgresCommand.Stop(StopMode.IMMEDIATE));
            assertThat(slow.control.observe().directory())
                    .isEqualTo(new DataDirectory.Interrupted("clone"));
            slow.close();
        }
    }
}
