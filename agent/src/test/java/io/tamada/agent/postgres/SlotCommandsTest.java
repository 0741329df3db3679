package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.wal.Lsn;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Unprivileged
class SlotCommandsTest {

    @TempDir Path root;

    private static SlotState awaitSlot(TestNode node, String name) throws Exception {
        ServerStatus status = node.awaitStatus(s -> s.slot(name) != null);
        return Objects.requireNonNull(status.slot(name));
    }

    @Test
    void slotsOfBothTypesAreMadeDescribedAndDropped() throws Exception {
        try (TestNode node = new TestNode(root, "node-a")) {
            TreeMap<String, String> parameters = new TreeMap<>();
            parameters.put("wal_level", "logical");
            node.control.configure(TestNode.config(parameters));
            node.bootstrap();
            node.query("CREATE DATABASE \"my app\"");
            node.begin(new PostgresCommand.CreateSlot("backup"));
            node.begin(new PostgresCommand.CreateLogicalSlot("feed", "my app", "pgoutput"));

            SlotState backup = awaitSlot(node, "backup");
            assertThat(backup.physical()).isTrue();
            assertThat(backup.restartLsn()).isNotNull();
            assertThat(backup.database()).isNull();
            SlotState feed = awaitSlot(node, "feed");
            assertThat(feed.physical()).isFalse();
            assertThat(feed.database()).isEqualTo("my app");
            assertThat(feed.plugin()).isEqualTo("pgoutput");
            assertThat(feed.confirmedFlush()).isNotNull();
            assertThat(feed.lost() || feed.keptByServer()).isFalse();

            node.begin(new PostgresCommand.DropSlot("feed"));
            node.begin(new PostgresCommand.DropSlot("backup"));
            node.awaitStatus(s -> s.slots().isEmpty());
        }
    }

    @Test
    void aStandbysSlotIsMovedAlongButNeverBackAndNeverBeyondTheStandbyItself() throws Exception {
        try (TestNode primary = new TestNode(root, "node-a");
                TestNode standby = new TestNode(root, "node-b")) {
            primary.bootstrap();
            standby.join(primary);
            awaitActive(primary, "node_b");
            primary.begin(new PostgresCommand.DropSlot("node_b"));
            standby.begin(new PostgresCommand.CreateSlot("node_a"));
            Lsn start = Objects.requireNonNull(awaitSlot(standby, "node_a").restartLsn());

            primary.query("CREATE TABLE t AS SELECT generate_series(1, 1000)");
            Lsn written = Lsn.parse(primary.query("SELECT pg_current_wal_flush_lsn()::text"));
            standby.awaitStatus(s -> s.replayed() != null && !s.replayed().isBefore(written));
            standby.begin(advance("node_a", written));
            standby.awaitStatus(s -> at(s, "node_a", written));

            standby.begin(advance("node_a", start));
            standby.begin(advance("node_a", new Lsn(written.value() + (1L << 40))));
            ServerStatus later = standby.awaitStatus(s -> true);
            Lsn moved = Objects.requireNonNull(awaitSlot(standby, "node_a").restartLsn());
            assertThat(moved.isBefore(written)).isFalse();
            assertThat(later.position().isBefore(moved)).isFalse();
            // In use all the time, it was not dropped.
            awaitActive(primary, "node_b");
        }
    }

    /// Streaming begins a moment before the slot says so.
    private static void awaitActive(TestNode node, String name) throws Exception {
        node.awaitStatus(
                s -> {
                    SlotState slot = s.slot(name);
                    return slot != null && slot.active();
                });
    }

    private static boolean at(ServerStatus status, String name, Lsn position) {
        SlotState slot = status.slot(name);
        return slot != null && position.equals(slot.restartLsn());
    }

    private static PostgresCommand advance(String name, Lsn position) {
        TreeMap<String, Lsn> positions = new TreeMap<>();
        positions.put(name, position);
        return new PostgresCommand.AdvanceSlots(positions);
    }
}
