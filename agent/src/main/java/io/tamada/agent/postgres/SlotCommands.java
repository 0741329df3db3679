package io.tamada.agent.postgres;

import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.Sessions.Kind;
import io.tamada.core.port.PostgresControl.Begun;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.wal.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
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

    private final Instance instance;
    private final CommandQueue commands = new CommandQueue("postgres-slots");

    SlotCommands(Instance instance) {
        this.instance = instance;
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
        return add("advance", () -> advance(slots.positions()));
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
