package io.tamada.agent.postgres;

import static io.tamada.agent.postgres.LinuxPostgresControlTest.postmaster;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.agent.os.PosixKill;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.PostgresSettings.Roles;
import io.tamada.core.member.PendingRestart;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two nodes on real PostgreSQL.
@Unprivileged
class ReplicationTest {

    @TempDir Path root;

    @Test
    void aCloneStreamsThroughItsOwnSlotAndIsAMember() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            b.join(a);

            ServerStatus standby = Objects.requireNonNull(b.control.observe().status());
            assertThat(standby.upstream()).isEqualTo(a.upstream());
            assertThat(standby.timeline()).isEqualTo(Timeline.FIRST);
            ServerStatus primary =
                    a.awaitStatus(
                            s ->
                                    s.replication().size() == 1
                                            && s.replication()
                                                    .getFirst()
                                                    .applicationName()
                                                    .equals("node-b"));
            assertThat(primary.slots())
                    .singleElement()
                    .satisfies(slot -> assertThat(slot.name()).isEqualTo("node_b"));
            assertThat(primary.replication())
                    .singleElement()
                    .satisfies(
                            row -> {
                                assertThat(row.applicationName()).isEqualTo("node-b");
                                assertThat(row.user()).isEqualTo("replicator");
                            });
            assertThat(ready(b).knownHere()).isTrue();
            assertThat(ready(b).standbySignal()).isTrue();
            assertThat(b.file("postgresql.conf")).doesNotContain("secret");
            assertThat(b.fail(new PostgresCommand.Clone(a.name, a.upstream()))).contains("running");
        }
    }

    @Test
    void aStandbyThatReplaysItsOwnWalDoesNotPassForOneThatHasNoMore() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            a.query("CREATE TABLE t (who text)");
            b.join(a);
            assertThat(b.awaitStatus(_ -> true).replaysOwn()).isFalse();
            b.query("ALTER SYSTEM SET recovery_min_apply_delay = '1h'");
            b.query("SELECT pg_reload_conf()");
            b.awaitAnswer("SHOW recovery_min_apply_delay", "1h");
            a.query("INSERT INTO t VALUES ('acknowledged')");
            Lsn committed = Lsn.parse(a.query("SELECT pg_current_wal_flush_lsn()"));
            b.awaitStatus(s -> !s.position().isBefore(committed));

            // The same postmaster, which starts its processes anew.
            long receiver = Long.parseLong(b.query("SELECT pid FROM pg_stat_wal_receiver"));
            PosixKill.signal(receiver, PosixKill.SIGKILL);
            ServerStatus crashed = b.awaitStatus(s -> s.received() == null);
            assertThat(crashed.replaysOwn()).isTrue();
            assertThat(crashed.position()).isLessThan(committed);

            b.succeed(new PostgresCommand.Stop(StopMode.IMMEDIATE));
            b.succeed(new PostgresCommand.StartAsStandby(null));
            ServerStatus started = b.awaitStatus(_ -> true);
            assertThat(started.replaysOwn()).isTrue();
            assertThat(started.position()).isLessThan(committed);

            // Nobody sends it anything, and yet it is to find out that there is no more.
            b.query("ALTER SYSTEM RESET recovery_min_apply_delay");
            b.query("SELECT pg_reload_conf()");
            ServerStatus told = b.awaitStatus(s -> !s.replaysOwn());
            assertThat(told.received()).isNull();
            assertThat(told.position()).isGreaterThanOrEqualTo(committed);
        }
    }

    @Test
    void slotsComeAndGo() throws Exception {
        try (TestNode a = new TestNode(root, "node-a")) {
            a.bootstrap();
            a.begin(new PostgresCommand.CreateSlot("node_x"));
            a.begin(new PostgresCommand.CreateSlot("node_x"));
            ServerStatus with = a.awaitStatus(s -> !s.slots().isEmpty());
            assertThat(with.slots().getFirst().restartLsn()).isNotNull();
            a.begin(new PostgresCommand.DropSlot("node_x"));
            a.awaitStatus(s -> s.slots().isEmpty());
        }
    }

    @Test
    void aDivergedFormerPrimaryIsRewoundAndStreams() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            a.query("CREATE TABLE t (who text)");
            b.join(a);
            b.begin(new PostgresCommand.Stop(StopMode.FAST));
            b.ended();
            // Nobody but the former primary has this.
            a.query("INSERT INTO t VALUES ('lost')");
            PosixKill.signal(postmaster(a), PosixKill.SIGKILL);
            a.await(LocalPostgres::isDown);
            b.succeed(new PostgresCommand.StartAsStandby(null));
            b.succeed(new PostgresCommand.Promote(new Timeline(2)));
            b.query("INSERT INTO t VALUES ('kept')");
            assertThat(ready(a).control().state()).isEqualTo(ControlState.IN_PRODUCTION);

            a.succeed(new PostgresCommand.Rewind(b.name, b.upstream()));
            assertThat(ready(a).standbySignal()).isTrue();
            b.begin(new PostgresCommand.CreateSlot("node_a"));
            b.awaitStatus(s -> !s.slots().isEmpty());
            a.succeed(new PostgresCommand.StartAsStandby(b.upstream()));

            ServerStatus status = a.awaitStatus(ServerStatus::streaming);
            assertThat(status.timeline()).isEqualTo(new Timeline(2));
            assertThat(status.history().current()).isEqualTo(new Timeline(2));
            assertThat(a.query("SELECT string_agg(who, ',') FROM t")).isEqualTo("kept");
        }
    }

    @Test
    void aRewindThatCannotBeginLeavesTheInstanceAsItWas() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            b.join(a);
            b.succeed(new PostgresCommand.Stop(StopMode.FAST));
            a.succeed(new PostgresCommand.Stop(StopMode.FAST));

            assertThat(a.fail(new PostgresCommand.Rewind(b.name, b.upstream())))
                    .contains("rewinder")
                    .contains("refused");
            assertThat(ready(a).standbySignal()).isFalse();
            b.succeed(new PostgresCommand.StartAsStandby(null));
            assertThat(a.fail(new PostgresCommand.Rewind(b.name, b.upstream())))
                    .contains("is a standby, not the leader");
            a.succeed(new PostgresCommand.StartAsPrimary());
        }
    }

    @Test
    void aCloneThatWasCancelledIsNeverStartedAndIsBegunAnew() throws Exception {
        try (TestNode a = new TestNode(root, "node-a")) {
            a.bootstrap();
            TestNode slow =
                    new TestNode(root, "node-b", TestNode.basebackup("--no-sync", "--max-rate=1M"));
            slow.begin(new PostgresCommand.Clone(a.name, a.upstream()));
            slow.await(p -> p.directory() instanceof DataDirectory.Interrupted);
            slow.await(p -> Files.exists(slow.settings.dataDirectory().resolve("base")));

            slow.succeed(new PostgresCommand.Stop(StopMode.IMMEDIATE));
            assertThat(slow.control.observe().directory())
                    .isEqualTo(new DataDirectory.Interrupted("clone"));
            assertThat(slow.fail(new PostgresCommand.StartAsPrimary())).contains("clone");

            try (TestNode b = slow.successor(TestNode.basebackup("--no-sync"))) {
                assertThat(b.control.observe().directory())
                        .isInstanceOf(DataDirectory.Interrupted.class);
                b.join(a);
            }
        }
    }

    @Test
    void aWrongReplicationPasswordNamesTheRole() throws Exception {
        try (TestNode a = new TestNode(root, "node-a")) {
            a.bootstrap();
            Roles right = a.settings.roles();
            Roles wrong =
                    new Roles(right.superuser(), Role.of("replicator", "mistyped"), right.rewind());
            try (TestNode b = new TestNode(root, "node-b", TestNode.roles(wrong))) {
                assertThat(b.fail(new PostgresCommand.Clone(a.name, a.upstream())))
                        .contains("\"replicator\" (postgresql.authentication.replication)")
                        .doesNotContain("mistyped");
                assertThat(b.control.observe().directory()).isEqualTo(new DataDirectory.Empty());
            }
        }
    }

    @Test
    void anInstanceInTheWayIsReplacedOnlyWhenAsked() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            InitdbTemplate.copyInto(b.settings);
            assertThat(b.fail(new PostgresCommand.Clone(a.name, a.upstream())))
                    .contains("not empty");

            b.succeed(new PostgresCommand.WipeAndClone(a.name, a.upstream()));

            assertThat(ready(b).control().system()).isEqualTo(ready(a).control().system());
            assertThat(ready(b).standbySignal()).isTrue();
        }
    }

    @Test
    void aStandbyThatCannotBecomeConsistentCanBeStopped() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            b.succeed(new PostgresCommand.Clone(a.name, a.upstream()));
            a.succeed(new PostgresCommand.Stop(StopMode.FAST));
            DurableFiles.deleteContents(b.settings.dataDirectory().resolve("pg_wal"));
            Files.createDirectory(b.settings.dataDirectory().resolve("pg_wal/archive_status"));
            b.begin(new PostgresCommand.StartAsStandby(a.upstream()));
            b.await(
                    p ->
                            p.process() instanceof ServerProcess.NotAnswering
                                    && p.operation() instanceof Operation.Running running
                                    && running.progress().startsWith("starting:"));

            b.begin(new PostgresCommand.Stop(StopMode.FAST));

            assertThat(b.ended()).isInstanceOf(Operation.Succeeded.class);
            assertThat(b.control.observe().isDown()).isTrue();
        }
    }

    @Test
    void aStandbyFollowsAnotherUpstreamByReloadAndKeepsItsTimelineInMind() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b");
                TestNode c = new TestNode(root, "node-c")) {
            a.bootstrap();
            b.join(a);
            c.join(a);
            String started = c.awaitStatus(s -> true).postmasterStart();
            a.succeed(new PostgresCommand.Stop(StopMode.FAST));
            // Timelines 2 and 3 were begun elsewhere, by primaries that have left no trace here.
            b.succeed(new PostgresCommand.Promote(new Timeline(4)));
            b.begin(new PostgresCommand.CreateSlot("node_c"));
            b.awaitStatus(s -> !s.slots().isEmpty());

            c.begin(new PostgresCommand.Follow(b.upstream()));
            ServerStatus after =
                    c.awaitStatus(s -> s.streaming() && s.timeline().equals(new Timeline(4)));
            assertThat(after.upstream()).isEqualTo(b.upstream());
            assertThat(after.postmasterStart()).isEqualTo(started);

            b.succeed(new PostgresCommand.Stop(StopMode.FAST));
            ServerStatus alone = c.awaitStatus(s -> !s.streaming());
            assertThat(alone.timeline()).isEqualTo(new Timeline(4));

            b.succeed(new PostgresCommand.StartAsPrimary());
            assertThat(b.awaitStatus(s -> !s.inRecovery()).timeline()).isEqualTo(new Timeline(4));
            c.succeed(new PostgresCommand.Stop(StopMode.FAST));
            c.succeed(new PostgresCommand.StartAsStandby(b.upstream()));
            c.awaitStatus(s -> s.streaming() && s.timeline().equals(new Timeline(4)));
        }
    }

    @Test
    void unknownAndBadParametersAreLeftOutAndControlledOnesWaitForARestart() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            node.bootstrap();
            TreeMap<String, String> parameters = new TreeMap<>();
            parameters.put("work_mem", "7MB");
            parameters.put("no_such_parameter", "1");
            parameters.put("random_page_cost", "cheap");
            parameters.put("my.own", "fine");
            parameters.put("max_connections", "50");
            node.control.configure(TestNode.config(parameters));

            parameters.put("max_files_per_process", "900");
            node.control.configure(TestNode.config(parameters));

            ServerStatus due = node.awaitStatus(s -> s.restart().changes().size() == 2);
            assertThat(due.restart().changes())
                    .containsEntry("max_connections", new PendingRestart.Change("100", "50"))
                    .containsEntry(
                            "max_files_per_process", new PendingRestart.Change("1000", "900"));
            node.awaitAnswer("SHOW work_mem", "7MB");
            assertThat(node.query("SHOW my.own")).isEqualTo("fine");
            assertThat(node.file("postgresql.conf"))
                    .doesNotContain("no_such_parameter")
                    .doesNotContain("random_page_cost");

            node.succeed(new PostgresCommand.Stop(StopMode.FAST));
            node.succeed(new PostgresCommand.StartAsPrimary());
            node.awaitStatus(s -> !s.pendingRestart());
            assertThat(node.query("SHOW max_connections")).isEqualTo("50");
        }
    }

    @Test
    void aStandbyIsStartedWithWhatItsControlFileDemands() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            TreeMap<String, String> high = new TreeMap<>();
            high.put("max_connections", "150");
            node.control.configure(TestNode.config(high));
            node.bootstrap();
            node.succeed(new PostgresCommand.Stop(StopMode.FAST));
            node.control.configure(TestNode.config(new TreeMap<>()));

            node.succeed(new PostgresCommand.StartAsStandby(null));

            assertThat(node.query("SHOW max_connections")).isEqualTo("150");
            assertThat(node.awaitStatus(s -> true).pendingRestart()).isTrue();
        }
    }

    @Test
    void aCopyOfAStandbyStreamsFromTheLeaderAndIsMovedToTheStandbyAndToNobodyByReload()
            throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b");
                TestNode c = new TestNode(root, "node-c")) {
            a.bootstrap();
            b.join(a);
            c.succeed(new PostgresCommand.Clone(b.name, b.upstream(), a.upstream()));
            a.awaitStatus(s -> s.slots().size() == 2);
            assertThat(b.awaitStatus(s -> true).slots()).isEmpty();
            c.succeed(new PostgresCommand.StartAsStandby(a.upstream()));
            String started = c.awaitStatus(ServerStatus::streaming).postmasterStart();

            b.begin(new PostgresCommand.CreateSlot("node_c"));
            b.awaitStatus(s -> !s.slots().isEmpty());
            c.begin(new PostgresCommand.Follow(b.upstream()));
            b.awaitStatus(s -> s.replication().size() == 1);
            ServerStatus cascading =
                    c.awaitStatus(s -> s.streaming() && b.upstream().equals(s.upstream()));
            assertThat(cascading.postmasterStart()).isEqualTo(started);
            a.query("CREATE TABLE passed_on ()");
            c.awaitAnswer("SELECT to_regclass('passed_on')", "passed_on");

            c.begin(new PostgresCommand.Follow(null));
            c.awaitStatus(s -> !s.streaming() && s.upstream() == null);
        }
    }

    @Test
    void aMemberThatIsNotToStreamLeavesNoSlotBehind() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.bootstrap();
            b.succeed(new PostgresCommand.Clone(a.name, a.upstream(), null));
            b.succeed(new PostgresCommand.StartAsStandby(null));
            assertThat(b.awaitStatus(s -> true).upstream()).isNull();
            a.awaitStatus(s -> s.slots().isEmpty());
        }
    }

    private static DataDirectory.Ready ready(TestNode node) {
        return (DataDirectory.Ready) node.control.observe().directory();
    }
}
