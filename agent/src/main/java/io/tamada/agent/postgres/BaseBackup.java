package io.tamada.agent.postgres;

import io.tamada.agent.hooks.Scripts.ReplicaMethod;
import io.tamada.agent.postgres.DirectoryWatch.Freshness;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.Sessions.Kind;
import io.tamada.agent.postgres.StateDirectory.Mark;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.slot.SlotName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fills the data directory with a base backup of another member. The slot is reserved first, so
/// that the log that the copy will need is still there when it starts.
final class BaseBackup {

    private static final Logger LOG = LoggerFactory.getLogger(BaseBackup.class);

    private static final Duration SLOT_ANSWER_WITHIN = Duration.ofSeconds(10);

    /// A large copy takes days; progress is shown, and a stop ends it.
    private static final Duration LIMIT = Duration.ofDays(7);

    private static final String DUPLICATE_OBJECT = "42710";

    /// Chosen by the agent, as in Patroni.
    private static final List<String> NOT_FOR_USERS =
            List.of(
                    "--pgdata",
                    "--format",
                    "--wal-method",
                    "--gzip",
                    "--version",
                    "--compress",
                    "--dbname",
                    "--host",
                    "--port",
                    "--username",
                    "--password",
                    "--slot");

    /// What may be done with an instance that is in the way.
    enum Existing {
        REFUSED,
        MOVED_ASIDE
    }

    private final Instance instance;
    private final MemberName source;
    private final Upstream upstream;
    private final @Nullable Upstream slotOn;
    private final Existing existing;

    /// @param slotOn where the slot is reserved that the copy will stream from; null for none.
    BaseBackup(
            Instance instance,
            MemberName source,
            Upstream upstream,
            @Nullable Upstream slotOn,
            Existing existing) {
        this.instance = instance;
        this.source = source;
        this.upstream = upstream;
        this.slotOn = slotOn;
        this.existing = existing;
    }

    Outcome run(OngoingOperation operation) throws IOException, InterruptedException {
        if (!instance.monitor().isDown()) {
            return new Outcome.Failed("the server is running: stop it first");
        }
        LeftoverTools.end(instance.settings());
        Path data = instance.settings().dataDirectory();
        DataDirectory directory = instance.directory().refresh(Freshness.EXACT);
        StateDirectory state = instance.state();
        boolean ownRemains = state.marked() == Mark.CLONE || state.marked() == Mark.INITDB;
        if (!ownRemains && !(directory instanceof DataDirectory.Empty)) {
            if (existing == Existing.REFUSED || directory instanceof DataDirectory.Unusable) {
                return new Outcome.Failed("the data directory is not empty: " + directory);
            }
        }
        operation.progress("asking " + source + " who it is");
        String refused = checkSource(directory);
        if (refused == null) {
            refused = reserveSlot(operation);
        }
        if (refused != null) {
            return new Outcome.Failed(refused);
        }
        List<ReplicaMethod> methods = instance.configuration().replicaMethods();
        boolean keep = !methods.isEmpty() && methods.getFirst().keepData();
        if (ownRemains) {
            state.mark(Mark.CLONE);
            if (!keep) {
                DataFiles.wipe(data);
            }
        } else if (keep) {
            LOG.info("Leaving the old data for {}", methods.getFirst().name());
        } else if (existing == Existing.MOVED_ASIDE) {
            operation.progress("making room");
            instance.old().makeRoom(sourceBytes());
        }
        state.forget();
        state.noFollower();
        state.mark(Mark.CLONE);
        instance.configuration().follow(slotOn);
        operation.progress("copying from " + source);
        String failure = fill(operation, methods);
        if (failure != null) {
            return operation.isCancelled() ? Outcome.CANCELLED : new Outcome.Failed(failure);
        }
        finish();
        return Outcome.DONE;
    }

    /// Tries one way after the other.
    ///
    /// @return why the last one has failed, or null.
    private @Nullable String fill(OngoingOperation operation, List<ReplicaMethod> methods)
            throws IOException, InterruptedException {
        if (methods.isEmpty()) {
            Tool.Result result = copy(operation);
            return result.succeeded() ? null : "pg_basebackup has failed: " + reason(result);
        }
        String failure = null;
        for (int i = 0; i < methods.size() && !operation.isCancelled(); i++) {
            ReplicaMethod method = methods.get(i);
            if (i > 0 && !method.keepData()) {
                DataFiles.wipe(instance.settings().dataDirectory());
            }
            operation.progress("creating the replica by " + method.name());
            Tool.Result result =
                    method.isBaseBackup()
                            ? copy(operation)
                            : new ReplicaScript(instance, method).run(upstream, operation);
            if (ReplicaScript.hasMade(instance, result)) {
                LOG.info("The replica has been created by {}", method.name());
                return null;
            }
            failure = ReplicaScript.failure(method, result, reason(result));
            LOG.warn("{}", failure);
        }
        return failure == null ? "no method is left" : failure;
    }

    /// Makes a standby of a copy that is whole.
    static void becomesStandby(Instance instance) throws IOException {
        instance.processes().resolveAgain();
        // Before the mark goes: without this file the copy would look like a primary.
        DurableFiles.replace(instance.settings().dataDirectory().resolve("standby.signal"), "");
        instance.state().follower();
        instance.state().unmark(Mark.CLONE);
        Membership.remember(instance);
    }

    private void finish() throws IOException {
        becomesStandby(instance);
        if (slotOn == null) {
            // It is not going to stream, so nothing better will be known of it.
            instance.old().letGo();
        }
    }

    /// Nothing is removed for a source that is gone, or is another cluster's.
    ///
    /// @return why the source is not to be copied, or null.
    private @Nullable String checkSource(DataDirectory directory) {
        Role role = instance.settings().roles().replication();
        try (Connection connection =
                        instance.sessions()
                                .remote(upstream, role, Kind.REPLICATION, SLOT_ANSWER_WITHIN);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
            row.next();
            String system = row.getString("systemid");
            return directory instanceof DataDirectory.Ready ready
                            && !ready.control().system().value().equals(system)
                    ? source + " (" + upstream + ") belongs to another cluster, " + system
                    : null;
        } catch (SQLException failure) {
            return Sessions.explain(failure, role, "replication", upstream);
        }
    }

    /// The size of all databases of the source; zero when it is not told.
    private long sourceBytes() {
        Role superuser = instance.settings().roles().superuser();
        try (Connection connection =
                        instance.sessions()
                                .remote(upstream, superuser, Kind.ORDINARY, SLOT_ANSWER_WITHIN);
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT sum(pg_catalog.pg_database_size(oid))"
                                        + " FROM pg_catalog.pg_database")) {
            return row.next() ? row.getLong(1) : 0;
        } catch (SQLException refused) {
            LOG.info("{}", Sessions.explain(refused, superuser, "superuser", upstream));
            return 0;
        }
    }

    /// @return why it was refused, or null.
    private @Nullable String reserveSlot(OngoingOperation operation) {
        Upstream on = slotOn;
        if (on == null || !instance.configuration().dynamic().useSlots()) {
            return null;
        }
        operation.progress("reserving a slot on " + on);
        Role role = instance.settings().roles().replication();
        try (Connection connection =
                        instance.sessions().remote(on, role, Kind.REPLICATION, SLOT_ANSWER_WITHIN);
                Statement statement = connection.createStatement()) {
            dropSlot(statement);
            statement.execute(
                    "CREATE_REPLICATION_SLOT "
                            + SlotName.of(instance.settings().memberName())
                            + " PHYSICAL RESERVE_WAL");
            return null;
        } catch (SQLException failure) {
            return DUPLICATE_OBJECT.equals(failure.getSQLState())
                    ? null
                    : Sessions.explain(failure, role, "replication", on);
        }
    }

    /// A slot from before may have lost the WAL that it held, and would be refused; none of it is
    /// wanted any more.
    private void dropSlot(Statement statement) {
        try {
            statement.execute(
                    "DROP_REPLICATION_SLOT " + SlotName.of(instance.settings().memberName()));
        } catch (SQLException absentOrInUse) {
            LOG.debug("The slot was not dropped: {}", absentOrInUse.getMessage());
        }
    }

    private Tool.Result copy(OngoingOperation operation) throws IOException, InterruptedException {
        PostgresSettings settings = instance.settings();
        Path passfile = instance.state().passfile();
        DurableFiles.replace(passfile, ConfigurationFiles.passfile(settings));
        List<String> command = new ArrayList<>();
        command.add(settings.program("pg_basebackup").toString());
        command.add("--pgdata=" + settings.dataDirectory());
        command.add(
                "--dbname="
                        + ConnInfo.forTool(
                                upstream, settings.roles().replication(), passfile, null));
        command.add("--wal-method=stream");
        command.add("--no-password");
        command.add("--progress");
        // Without a slot of ours on the source, pg_basebackup makes one for the time of the copy.
        if (instance.configuration().dynamic().useSlots() && upstream.equals(slotOn)) {
            command.add("--slot=" + SlotName.of(settings.memberName()));
        }
        boolean checkpointChosen = false;
        for (String option : settings.basebackupOptions()) {
            if (!NOT_FOR_USERS.contains(option.split("=", 2)[0])) {
                command.add(option);
                checkpointChosen |= option.startsWith("--checkpoint");
            }
        }
        if (!checkpointChosen) {
            command.add("--checkpoint=fast");
        }
        Path parent = Objects.requireNonNull(settings.dataDirectory().getParent());
        Files.createDirectories(parent);
        return operation.finish(
                Tool.start(
                        command,
                        CleanEnvironment.forTool(),
                        parent,
                        instance.state().toolLog("pg_basebackup")),
                LIMIT);
    }

    private String reason(Tool.Result result) {
        String text = result.lastLines();
        return text.contains("authentication failed") || text.contains("no pg_hba.conf entry")
                ? "the role \""
                        + instance.settings().roles().replication().name()
                        + "\" (postgresql.authentication.replication) is refused: "
                        + text
                : text;
    }
}
