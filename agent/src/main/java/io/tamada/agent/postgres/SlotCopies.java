package io.tamada.agent.postgres;

import io.tamada.agent.postgres.LiveConfiguration.Part;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.Sessions.Kind;
import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.port.PostgresControl.Begun;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.LeaderSlots.OnLeader;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.postgres.Upstream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies logical slots from the leader. Up to PostgreSQL 16 a server makes none while it is a
/// standby, so a copy is the leader's state file, put in place while the server is down.
final class SlotCopies {

    private static final Logger LOG = LoggerFactory.getLogger(SlotCopies.class);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);

    private static final String LEADS =
            """
            SELECT NOT pg_catalog.pg_is_in_recovery() AS leads, pg_catalog.has_function_privilege(
                       'pg_catalog.pg_read_binary_file(text)', 'EXECUTE') AS readable
            """;

    private static final String SLOTS =
            """
            SELECT slot_name, database, plugin, catalog_xmin::text,
                   coalesce((pg_catalog.to_jsonb(s) ->> 'failover')::bool, false) AS kept_by_server
              FROM pg_catalog.pg_replication_slots s
             WHERE NOT temporary AND NOT pg_catalog.pg_is_in_recovery()
            """;

    private static final String STATES =
            """
            SELECT slot_name, database, plugin,
                   pg_catalog.pg_read_binary_file('pg_replslot/' || slot_name || '/state') AS state
              FROM pg_catalog.pg_replication_slots
             WHERE NOT pg_catalog.pg_is_in_recovery() AND slot_type = 'logical'
               AND slot_name = ANY (pg_catalog.string_to_array(?, ','))
            """;

    private final Instance instance;
    private final AtomicReference<StopMode> stopMode;
    private final Runnable wake;
    private final CommandQueue questions = new CommandQueue("leader-slots");
    private final AtomicReference<LeaderSlots> known = new AtomicReference<>(LeaderSlots.NONE);

    /// Touched by the queue's thread only.
    private String told = "";

    /// @param stopMode of a stop that is asked for while a copy stops the server.
    /// @param wake called when the leader has given another answer than before.
    SlotCopies(Instance instance, AtomicReference<StopMode> stopMode, Runnable wake) {
        this.instance = instance;
        this.stopMode = stopMode;
        this.wake = wake;
    }

    LeaderSlots known() {
        return known.get();
    }

    /// The copy lacks WAL that it needs; one that has come further will not.
    void broken(String slot) {
        LOG.warn("The copy of the slot {} lacks WAL; it is to be made anew", slot);
        change(
                old ->
                        new LeaderSlots(
                                old.leader(),
                                old.readable(),
                                old.slots(),
                                with(old.broken(), slot),
                                old.spoiled()));
    }

    Begun ask(Upstream leader) {
        return ServerCommands.begun(questions.add("ask", () -> askNow(leader)));
    }

    private void askNow(Upstream leader) {
        Role role = instance.settings().roles().forRewind();
        try (Connection connection =
                        instance.sessions().remote(leader, role, Kind.ORDINARY, ANSWER_WITHIN);
                Statement statement = connection.createStatement()) {
            boolean readable;
            try (ResultSet row = statement.executeQuery(LEADS)) {
                if (!row.next() || !row.getBoolean("leads")) {
                    return;
                }
                readable = row.getBoolean("readable");
            }
            SortedMap<String, OnLeader> slots = new TreeMap<>();
            try (ResultSet rows = statement.executeQuery(SLOTS)) {
                while (rows.next()) {
                    long xmin = rows.getLong("catalog_xmin");
                    slots.put(
                            rows.getString("slot_name"),
                            new OnLeader(
                                    rows.getString("database"),
                                    rows.getString("plugin"),
                                    rows.wasNull() ? null : xmin,
                                    rows.getBoolean("kept_by_server")));
                }
            }
            tell(readable ? "" : RewindPrivileges.lacking(connection, role, "rewind"));
            change(old -> new LeaderSlots(leader, readable, slots, old.broken(), old.spoiled()));
        } catch (SQLException failure) {
            tell(Sessions.explain(failure, role, "rewind", leader));
        }
    }

    /// Said once, not at every question.
    private void tell(@org.jspecify.annotations.Nullable String trouble) {
        String text = trouble == null ? "" : trouble;
        if (!text.isEmpty() && !text.equals(told)) {
            LOG.warn("Logical slots cannot be copied: {}", text);
        }
        told = text;
    }

    private void change(UnaryOperator<LeaderSlots> by) {
        LeaderSlots before = known.getAndUpdate(by);
        if (!by.apply(before).equals(before)) {
            wake.run();
        }
    }

    /// Runs as an operation of its own.
    Outcome copy(OngoingOperation operation, PostgresCommand.CopySlots command)
            throws IOException, InterruptedException {
        SortedMap<String, byte[]> states = states(operation, command);
        boolean runs = runs();
        if (runs) {
            ServerStatus status = instance.monitor().status();
            if (states.isEmpty() || status == null || !status.inRecovery()) {
                return Outcome.CANCELLED;
            }
            operation.progress("stopping for copies of logical slots");
            stopMode.set(StopMode.FAST);
            Outcome stopped = new ServerStop(instance, stopMode).run(operation);
            if (!(stopped instanceof Outcome.Done) || operation.isCancelled()) {
                return stopped instanceof Outcome.Done ? Outcome.CANCELLED : stopped;
            }
        }
        if (!states.isEmpty() && !runs()) {
            operation.progress("copying logical slots");
            ReplicationSlotFiles files =
                    new ReplicationSlotFiles(instance.settings().dataDirectory());
            for (var state : states.entrySet()) {
                files.put(state.getKey(), state.getValue());
                LOG.info("Copied the slot {} from {}", state.getKey(), command.leader());
            }
            forget(states.keySet());
        }
        Outcome started =
                new ServerStart(instance, Part.STANDBY, command.upstream()).run(operation);
        if (started instanceof Outcome.Failed && !states.isEmpty() && !runs()) {
            spoil(states.keySet());
        }
        return started;
    }

    private boolean runs() {
        return instance.monitor().postmaster() != null
                || instance.monitor().findPostmaster() != null;
    }

    /// The next answer is of the time after the copy.
    private void forget(java.util.Set<String> copied) {
        known.updateAndGet(
                old -> {
                    SortedSet<String> broken = new TreeSet<>(old.broken());
                    broken.removeAll(copied);
                    return new LeaderSlots(null, false, new TreeMap<>(), broken, old.spoiled());
                });
    }

    /// Whatever has kept the server from starting, without the copies it may start.
    private void spoil(java.util.Set<String> copied) throws IOException {
        ReplicationSlotFiles files = new ReplicationSlotFiles(instance.settings().dataDirectory());
        for (String name : copied) {
            LOG.warn("The server does not start with a copy of the slot {}; it is removed", name);
            files.remove(name);
        }
        known.updateAndGet(
                old -> {
                    SortedSet<String> spoiled = new TreeSet<>(old.spoiled());
                    spoiled.addAll(copied);
                    return new LeaderSlots(
                            old.leader(), old.readable(), old.slots(), old.broken(), spoiled);
                });
    }

    private SortedMap<String, byte[]> states(
            OngoingOperation operation, PostgresCommand.CopySlots command) {
        SortedMap<String, byte[]> states = new TreeMap<>();
        String level = instance.configuration().wantedControlled().get("wal_level");
        if (!"logical".equalsIgnoreCase(level)) {
            // A server with a lower level does not start where there is a logical slot.
            return states;
        }
        operation.progress("reading logical slots of " + command.leader());
        Role role = instance.settings().roles().forRewind();
        try (Connection connection =
                        instance.sessions()
                                .remote(command.leader(), role, Kind.ORDINARY, ANSWER_WITHIN);
                PreparedStatement statement = connection.prepareStatement(STATES)) {
            statement.setString(1, String.join(",", command.slots().keySet()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString("slot_name");
                    Logical wanted = command.slots().get(name);
                    byte[] state = rows.getBytes("state");
                    boolean fits =
                            wanted != null
                                    && wanted.database().equals(rows.getString("database"))
                                    && wanted.plugin().equals(rows.getString("plugin"));
                    if (fits && state != null && state.length > 0) {
                        states.put(name, state);
                    }
                }
            }
        } catch (SQLException failure) {
            states.clear();
            LOG.warn(
                    "Logical slots cannot be copied: {}",
                    Sessions.explain(failure, role, "rewind", command.leader()));
        }
        return states;
    }

    private static SortedSet<String> with(SortedSet<String> names, String name) {
        SortedSet<String> more = new TreeSet<>(names);
        more.add(name);
        return more;
    }
}
