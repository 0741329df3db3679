package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.Operation;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A logical slot survives the change of the primary, on servers that do not do it themselves.
@Unprivileged
class SlotCopiesTest {

    private static final Logical FEED = new Logical("postgres", "test_decoding");

    @TempDir Path root;

    private static ClusterConfig logical() {
        TreeMap<String, String> parameters = new TreeMap<>();
        parameters.put("wal_level", "logical");
        ClusterConfig config = TestNode.config(parameters);
        return config.withSlots(config.slots().withFeedback(true));
    }

    private static SlotState awaitSlot(TestNode node, String name) throws Exception {
        return Objects.requireNonNull(node.awaitStatus(s -> s.slot(name) != null).slot(name));
    }

    private static boolean hasReached(ServerStatus status, Lsn position) {
        SlotState slot = status.slot("feed");
        Lsn confirmed = slot == null ? null : slot.confirmedFlush();
        return confirmed != null && !confirmed.isBefore(position);
    }

    private static PostgresCommand.CopySlots copyFrom(TestNode leader) {
        TreeMap<String, Logical> slots = new TreeMap<>();
        slots.put("feed", FEED);
        return new PostgresCommand.CopySlots(leader.upstream(), leader.upstream(), slots);
    }

    private static String changes(TestNode node) throws Exception {
        return node.query(
                "SELECT coalesce(string_agg(data, '|'), '') FROM"
                        + " pg_logical_slot_get_changes('feed', NULL, NULL)"
                        + " WHERE data LIKE 'table%'");
    }

    @Test
    void whatWasNotReadYetIsReadFromTheNextPrimary() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.control.configure(logical());
            b.control.configure(logical());
            a.bootstrap();
            a.begin(new PostgresCommand.CreateLogicalSlot("feed", "postgres", "test_decoding"));
            awaitSlot(a, "feed");
            a.query("CREATE TABLE t (i int)");
            b.join(a);
            // A clone has no WAL of before the backup; once the slot has passed that, a copy can be
            // moved along.
            for (int i = 0; i < 2; i++) {
                a.query("CHECKPOINT");
                changes(a);
            }

            b.succeed(copyFrom(a));
            SlotState copy = awaitSlot(b, "feed");
            assertThat(copy.database()).isEqualTo("postgres");
            assertThat(copy.catalogXmin()).isNotNull();
            b.awaitStatus(ServerStatus::streaming);

            a.query("INSERT INTO t VALUES (1)");
            assertThat(changes(a)).contains("integer]:1");
            Lsn confirmed =
                    Lsn.parse(
                            a.query(
                                    "SELECT confirmed_flush_lsn::text FROM pg_replication_slots"
                                            + " WHERE slot_name = 'feed'"));
            b.awaitStatus(s -> s.replayed() != null && !s.replayed().isBefore(confirmed));
            TreeMap<String, Lsn> positions = new TreeMap<>();
            positions.put("feed", confirmed);
            b.begin(new PostgresCommand.AdvanceSlots(positions));
            b.awaitStatus(s -> hasReached(s, confirmed));

            a.query("INSERT INTO t VALUES (2)");
            Lsn written = Lsn.parse(a.query("SELECT pg_current_wal_flush_lsn()::text"));
            b.awaitStatus(s -> s.replayed() != null && !s.replayed().isBefore(written));
            b.succeed(new PostgresCommand.Promote(new Timeline(2)));
            b.query("INSERT INTO t VALUES (3)");
            assertThat(changes(b))
                    .as("what was read before is not read again, and nothing is missing")
                    .doesNotContain("integer]:1")
                    .containsSubsequence("integer]:2", "integer]:3");
        }
    }

    @Test
    void theLeaderSaysWhatItsSlotsKeep() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.control.configure(logical());
            b.control.configure(logical());
            a.bootstrap();
            a.begin(new PostgresCommand.CreateLogicalSlot("feed", "postgres", "test_decoding"));
            awaitSlot(a, "feed");
            b.join(a);

            b.begin(new PostgresCommand.AskSlots(a.upstream()));
            LeaderSlots said = b.await(p -> p.leaderSlots().leader() != null).leaderSlots();
            assertThat(said.leader()).isEqualTo(a.upstream());
            assertThat(said.readable()).isTrue();
            assertThat(said.slots()).containsOnlyKeys("feed", "node_b");
            assertThat(Objects.requireNonNull(said.slots().get("feed")).catalogXmin()).isNotNull();
            assertThat(b.query("SHOW hot_standby_feedback")).isEqualTo("on");
        }
    }

    @Test
    void aCopyThatKeepsTheServerFromStartingIsRemoved() throws Exception {
        try (TestNode a = new TestNode(root, "node-a");
                TestNode b = new TestNode(root, "node-b")) {
            a.control.configure(logical());
            a.bootstrap();
            a.begin(new PostgresCommand.CreateLogicalSlot("feed", "postgres", "test_decoding"));
            awaitSlot(a, "feed");
            // No room for one slot more than the standby has: PostgreSQL does not start then.
            TreeMap<String, String> parameters = new TreeMap<>();
            parameters.put("wal_level", "logical");
            b.control.configure(TestNode.config(parameters));
            b.join(a);
            Path slots = b.settings.dataDirectory().resolve("pg_replslot");
            for (int i = 0; i < 10; i++) {
                b.begin(new PostgresCommand.CreateSlot("filler" + i));
                awaitSlot(b, "filler" + i);
            }

            assertThat(b.run(copyFrom(a))).isInstanceOf(Operation.Failed.class);
            assertThat(Files.exists(slots.resolve("feed"))).isFalse();
            b.succeed(new PostgresCommand.StartAsStandby(a.upstream()));
            assertThat(b.control.observe().leaderSlots().spoiled()).containsExactly("feed");
        }
    }
}
