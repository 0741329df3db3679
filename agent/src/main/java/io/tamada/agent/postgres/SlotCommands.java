package io.tamada.agent.postgres;

import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.Sessions.Kind;
import io.tamada.core.port.PostgresControl.Begun;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.wal.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes, moves and drops replication slots of the local server. Each statement looks again
/// whether it is still right: what the plan rests on may be a second old.
final class SlotCommands {

    private static final Logger LOG = LoggerFactory.getLogger(SlotCommands.class);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    /// A logical slot has to wait for the transactions that run.
    private static final Duration CREATION_WITHIN = Duration.ofSeconds(60);

    private static final String DUPLICATE_OBJECT = "42710";

    private static final String CREATE =
            """
            SELECT pg_catalog.pg_create_physical_replication_slot(name, true)
              FROM (SELECT ?::name) s (name)
             WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = name)
            """;

    private static final String CREATE_LOGICAL =
            """
            SELECT pg_catalog.pg_create_logical_replication_slot(name, ?)
              FROM (SELECT ?::name) s (name)
             WHERE NOT pg_catalog.pg_is_in_recovery()
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = name)
            """;

    private static final String DROP =
            """
            SELECT pg_catalog.pg_drop_replication_slot(slot_name)
              FROM pg_catalog.pg_replication_slots WHERE NOT active AND slot_name = ?
            """;

    /// Never back, and never beyond what this server has itself.
    private static final String ADVANCE =
            """
            SELECT pg_catalog.pg_replication_slot_advance(slot_name, target)
              FROM (SELECT slot_name, restart_lsn,
                           least(?::pg_lsn, CASE WHEN pg_catalog.pg_is_in_recovery()
                               THEN pg_catalog.pg_last_wal_replay_lsn()
                               ELSE pg_catalog.pg_current_wal_flush_lsn() END) AS target
                      FROM pg_catalog.pg_replication_slots
                     WHERE slot_name = ? AND slot_type = 'physical' AND NOT active) s
             WHERE target > restart_lsn
            """;

    /// The same for a logical slot, in its own database. It reads all WAL on the way.
    private static final String ADVANCE_LOGICAL =
            """
            SELECT pg_catalog.pg_replication_slot_advance(slot_name, target)
              FROM (SELECT slot_name, confirmed_flush_lsn,
                           least(?::pg_lsn, pg_catalog.pg_last_wal_replay_lsn()) AS target
                      FROM pg_catalog.pg_replication_slots
                     WHERE slot_name = ? AND slot_type = 'logical' AND NOT active
                       AND database = pg_catalog.current_database()
                       AND pg_catalog.pg_is_in_recovery()) s
             WHERE target > confirmed_flush_lsn
            """;

    private static final Duration DECODING_WITHIN = Duration.ofMinutes(10);

    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(1);

    /// What PostgreSQL says of a slot whose WAL is gone: undefined_file, and
    /// object_not_in_prerequisite_state.
    private static final List<String> BROKEN = List.of("58P01", "55000");

    private final Instance instance;
    private final SlotCopies copies;
    private final CommandQueue commands = new CommandQueue("postgres-slots");
    private final CommandQueue decoding = new CommandQueue("postgres-logical-slots");

    SlotCommands(Instance instance, SlotCopies copies) {
        this.instance = instance;
        this.copies = copies;
    }

    /// Waits a moment for what was asked for; not for logical slots that are moved along.
    void settle() throws InterruptedException {
        commands.awaitIdle(SETTLED_WITHIN);
    }

    Begun create(PostgresCommand.CreateSlot slot) {
        return add(
                slot,
                () -> {
                    if (once(Sessions.DATABASE, ANSWER_WITHIN, CREATE, slot.name())) {
                        LOG.info("Made the slot {}", slot.name());
                    }
                });
    }

    Begun createLogical(PostgresCommand.CreateLogicalSlot slot) {
        return add(
                slot,
                () -> {
                    if (once(
                            slot.database(),
                            CREATION_WITHIN,
                            CREATE_LOGICAL,
                            slot.plugin(),
                            slot.name())) {
                        LOG.info("Made the logical slot {}", slot.name());
                    }
                });
    }

    Begun drop(PostgresCommand.DropSlot slot) {
        return add(
                slot,
                () -> {
                    if (execute(Sessions.DATABASE, ANSWER_WITHIN, DROP, slot.name())) {
                        LOG.warn("Dropped the slot {}", slot.name());
                    }
                });
    }

    /// The latest positions replace those that still wait.
    Begun advance(PostgresCommand.AdvanceSlots slots) {
        ServerStatus status = instance.monitor().status();
        if (status == null) {
            return new Begun.Accepted();
        }
        SortedMap<String, Lsn> physical = new TreeMap<>();
        SortedMap<String, SortedMap<String, Lsn>> logical = new TreeMap<>();
        slots.positions()
                .forEach(
                        (name, position) -> {
                            SlotState slot = status.slot(name);
                            String database = slot == null ? null : slot.database();
                            if (database == null) {
                                physical.put(name, position);
                            } else {
                                logical.computeIfAbsent(database, d -> new TreeMap<>())
                                        .put(name, position);
                            }
                        });
        boolean queued = true;
        for (var one : logical.entrySet()) {
            queued &=
                    decoding.add(one.getKey(), () -> advanceLogical(one.getKey(), one.getValue()));
        }
        if (!physical.isEmpty()) {
            queued &= commands.add("advance", () -> advance(physical));
        }
        return ServerCommands.begun(queued);
    }

    private void advanceLogical(String database, Map<String, Lsn> positions) throws SQLException {
        if (instance.monitor().status() == null) {
            return;
        }
        try (Connection connection = connect(database, DECODING_WITHIN);
                PreparedStatement statement = connection.prepareStatement(ADVANCE_LOGICAL)) {
            for (Map.Entry<String, Lsn> slot : positions.entrySet()) {
                advanceLogical(statement, slot.getKey(), slot.getValue());
            }
        }
        instance.monitor().poke();
    }

    private void advanceLogical(PreparedStatement statement, String slot, Lsn position)
            throws SQLException {
        statement.setString(1, position.toString());
        statement.setString(2, slot);
        try (ResultSet rows = statement.executeQuery()) {
            LOG.debug("Moved {}: {}", slot, rows.next());
        } catch (SQLException failure) {
            LOG.warn("The slot {} cannot be moved to {}: {}", slot, position, failure.getMessage());
            if (BROKEN.contains(String.valueOf(failure.getSQLState()))) {
                copies.broken(slot);
            }
        }
    }

    private Begun add(Object key, CommandQueue.Work work) {
        return ServerCommands.begun(commands.add(key, work));
    }

    private void advance(Map<String, Lsn> positions) throws SQLException {
        if (instance.monitor().status() == null) {
            return;
        }
        try (Connection connection = connect(Sessions.DATABASE, ANSWER_WITHIN);
                PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
            for (Map.Entry<String, Lsn> slot : positions.entrySet()) {
                statement.setString(1, slot.getValue().toString());
                statement.setString(2, slot.getKey());
                try (ResultSet rows = statement.executeQuery()) {
                    LOG.debug("Moved {}: {}", slot.getKey(), rows.next());
                } catch (SQLException failure) {
                    // One that cannot be moved is no reason to leave the others behind.
                    LOG.warn(
                            "The slot {} cannot be moved to {}: {}",
                            slot.getKey(),
                            slot.getValue(),
                            failure.getMessage());
                }
            }
        }
        instance.monitor().poke();
    }

    /// The member itself may have made its slot in this moment, before it clones.
    private boolean once(String database, Duration within, String sql, String... values)
            throws SQLException {
        try {
            return execute(database, within, sql, values);
        } catch (SQLException failure) {
            if (DUPLICATE_OBJECT.equals(failure.getSQLState())) {
                return false;
            }
            throw failure;
        }
    }

    /// @return whether it had anything to do.
    private boolean execute(String database, Duration within, String sql, String... values)
            throws SQLException {
        if (instance.monitor().status() == null) {
            return false;
        }
        try (Connection connection = connect(database, within);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        } finally {
            instance.monitor().poke();
        }
    }

    private Connection connect(String database, Duration within) throws SQLException {
        Role superuser = instance.settings().roles().superuser();
        return instance.sessions().local(superuser, Kind.ORDINARY, within, database);
    }
}
