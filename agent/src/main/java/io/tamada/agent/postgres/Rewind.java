package io.tamada.agent.postgres;

import io.tamada.agent.postgres.DirectoryWatch.Freshness;
import io.tamada.agent.postgres.LiveConfiguration.Part;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.Sessions.Kind;
import io.tamada.agent.postgres.StateDirectory.Mark;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.Upstream;
import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a former primary back to where the leader's history left its own, by pg_rewind.
final class Rewind {

    private static final Logger LOG = LoggerFactory.getLogger(Rewind.class);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofHours(12);

    /// The source makes its first checkpoint by itself; we only ask for it.
    private static final Duration CHECKPOINT_PATIENCE = Duration.ofSeconds(60);

    private static final long CHECKPOINT_ROUND_MILLIS = 200;

    /// From this line of pg_rewind on, the target is being changed.
    private static final String CHANGES_BEGIN = "rewinding from last common checkpoint";

    /// What pg_rewind prints, and then ends well, when the target's line leads to the source's.
    private static final String NOTHING_TO_DO = "no rewind required";

    private static final int FIRST_WITH_CONFIG_FILE_OPTION = 15;

    private final Instance instance;
    private final MemberName source;
    private final Upstream upstream;

    Rewind(Instance instance, MemberName source, Upstream upstream) {
        this.instance = instance;
        this.source = source;
        this.upstream = upstream;
    }

    Outcome run(OngoingOperation operation) throws IOException, InterruptedException {
        if (!instance.monitor().isDown()) {
            return new Outcome.Failed("the server is running: stop it first");
        }
        LeftoverTools.end(instance.settings());
        // The single-user server of a pg_rewind that was killed may be there still.
        Orphans.end(instance.processes(), operation::isCancelled);
        StaleLock.forget(instance.settings().dataDirectory());
        StateDirectory state = instance.state();
        DataDirectory directory = instance.directory().refresh(Freshness.EXACT);
        boolean continued = state.marked() == Mark.REWIND;
        if (!continued && !(directory instanceof DataDirectory.Ready)) {
            return new Outcome.Failed("there is no instance to rewind: " + directory);
        }
        Timeline timeline;
        switch (checkSource(operation)) {
            case Source.Fit fit -> timeline = fit.timeline();
            case Source.Unfit unfit -> {
                return operation.isCancelled()
                        ? Outcome.CANCELLED
                        : new Outcome.Failed(unfit.reason());
            }
        }
        Path standby = instance.settings().dataDirectory().resolve("standby.signal");
        instance.configuration().follow(upstream);
        // pg_rewind recovers a crashed target in single-user mode first, which needs our files and
        // does not know standby mode.
        instance.configuration().write(Part.PRIMARY);
        boolean halfRewound = continued && hasChangedFiles(state);
        boolean toSameTimeline = state.isRewindTo(timeline);
        state.markRewind(timeline, halfRewound);
        state.noFollower();
        boolean wasStandby = DurableFiles.remove(standby);
        operation.progress("rewinding against " + source);
        Tool rewind =
                Tool.start(
                        command(),
                        CleanEnvironment.forTool(),
                        instance.settings().dataDirectory(),
                        state.toolLog("pg_rewind"));
        Tool.Result result = operation.finish(rewind, LIMIT);
        if (!result.succeeded()) {
            if (!continued && !rewind.outputText().contains(CHANGES_BEGIN)) {
                if (wasStandby) {
                    DurableFiles.replace(standby, "");
                }
                state.unmark(Mark.REWIND);
            }
            return operation.isCancelled()
                    ? Outcome.CANCELLED
                    : new Outcome.Failed("pg_rewind has failed: " + result.lastLines());
        }
        if (halfRewound && rewind.outputText().contains(NOTHING_TO_DO)) {
            if (!toSameTimeline) {
                return new Outcome.Failed(
                        "an earlier pg_rewind to another timeline has changed files here and did"
                                + " not end; against "
                                + source
                                + " pg_rewind finds nothing to do, so they would stay mixed: the"
                                + " directory needs a new copy");
            }
            // Everything was done but the last thing, the flush to disk.
            Tool.Result flushed = operation.finish(flush(), LIMIT);
            if (!flushed.succeeded()) {
                return operation.isCancelled()
                        ? Outcome.CANCELLED
                        : new Outcome.Failed("initdb --sync-only: " + flushed.lastLines());
            }
        }
        DurableFiles.replace(standby, "");
        state.follower();
        state.unmark(Mark.REWIND);
        Membership.remember(instance);
        haveSomethingWritten();
        return Outcome.DONE;
    }

    /// pg_rewind has noted the source's insert position as the one from which the copy is whole.
    /// When the source is idle and has just begun a new segment, that lies behind a page header
    /// that is not written until the next record is; the standby would not answer until then.
    private void haveSomethingWritten() {
        Role role = instance.settings().roles().forRewind();
        try (Connection connection =
                        instance.sessions().remote(upstream, role, Kind.ORDINARY, ANSWER_WITHIN);
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit TO local");
            statement.execute("SELECT pg_catalog.pg_logical_emit_message(true, 'tamada', '')");
        } catch (SQLException failure) {
            LOG.info("{}", Sessions.explain(failure, role, "rewind", upstream));
        }
    }

    private Tool flush() throws IOException {
        PostgresSettings settings = instance.settings();
        return Tool.start(
                List.of(
                        settings.program("initdb").toString(),
                        "--sync-only",
                        "--pgdata=" + settings.dataDirectory()),
                CleanEnvironment.forTool(),
                settings.dataDirectory(),
                instance.state().toolLog("initdb"));
    }

    /// Whether a rewind that did not end got as far as changing files. pg_rewind writes the control
    /// file last, so a later run sees the directory as it was before, and against another source
    /// it may take it for whole. Against the same timeline it takes it for whole only when the
    /// control file was written too.
    private static boolean hasChangedFiles(StateDirectory state) throws IOException {
        String printed = DurableFiles.readOrNull(state.toolLog("pg_rewind"));
        return state.isMarkedChanged() || (printed != null && printed.contains(CHANGES_BEGIN));
    }

    private List<String> command() throws IOException, InterruptedException {
        PostgresSettings settings = instance.settings();
        Path passfile = instance.state().passfile();
        DurableFiles.replace(passfile, ConfigurationFiles.passfile(settings));
        List<String> command = new ArrayList<>();
        command.add(settings.program("pg_rewind").toString());
        command.add("--target-pgdata=" + settings.dataDirectory());
        command.add(
                "--source-server="
                        + ConnInfo.forTool(
                                upstream,
                                settings.roles().forRewind(),
                                passfile,
                                Sessions.DATABASE));
        command.add("--progress");
        int major = instance.directory().serverMajor();
        if (settings.configDirectory() != null && major >= FIRST_WITH_CONFIG_FILE_OPTION) {
            command.add("--config-file=" + instance.configuration().files().main());
        }
        if (instance.configuration().restores()) {
            command.add("--restore-target-wal");
        }
        return command;
    }

    private sealed interface Source {
        record Fit(Timeline timeline) implements Source {}

        record Unfit(String reason) implements Source {}
    }

    /// pg_rewind reads the source's control file, which names the new timeline only after the
    /// first checkpoint on it.
    private Source checkSource(OngoingOperation operation) throws InterruptedException {
        Role role = instance.settings().roles().forRewind();
        String key = instance.settings().roles().rewind() == null ? "superuser" : "rewind";
        operation.progress("asking " + source + " for a checkpoint");
        try (Connection connection =
                instance.sessions().remote(upstream, role, Kind.ORDINARY, ANSWER_WITHIN)) {
            String lacking = RewindPrivileges.lacking(connection, role, key);
            if (lacking != null) {
                return new Source.Unfit(lacking);
            }
            long end = System.nanoTime() + CHECKPOINT_PATIENCE.toNanos();
            boolean asked = false;
            while (System.nanoTime() - end < 0 && !operation.isCancelled()) {
                Timelines timelines = look(connection);
                if (timelines.current() == 0) {
                    return new Source.Unfit(
                            source + " (" + upstream + ") is a standby, not the leader");
                }
                if (timelines.current() == timelines.checkpoint()) {
                    return new Source.Fit(new Timeline(timelines.current()));
                }
                if (!asked) {
                    asked = true;
                    requestCheckpoint();
                }
                TimeUnit.MILLISECONDS.sleep(CHECKPOINT_ROUND_MILLIS);
            }
            return new Source.Unfit(
                    source
                            + " ("
                            + upstream
                            + ") has made no checkpoint on its timeline within "
                            + CHECKPOINT_PATIENCE.toSeconds()
                            + " s");
        } catch (SQLException failure) {
            return new Source.Unfit(Sessions.explain(failure, role, key, upstream));
        }
    }

    /// @param current the one that is written now; 0 on a standby.
    /// @param checkpoint the one of the latest checkpoint.
    private record Timelines(int current, int checkpoint) {}

    private static Timelines look(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL ELSE"
                                        + " pg_catalog.substr(pg_catalog.pg_walfile_name("
                                        + "pg_catalog.pg_current_wal_lsn()), 1, 8) END,"
                                        + " (SELECT timeline_id FROM"
                                        + " pg_catalog.pg_control_checkpoint())")) {
            row.next();
            String current = row.getString(1);
            return new Timelines(
                    current == null ? 0 : Integer.parseInt(current, 16), row.getInt(2));
        }
    }

    /// Asks as the superuser; where that fails, the leader's own checkpoint is waited for.
    private void requestCheckpoint() {
        Role superuser = instance.settings().roles().superuser();
        try (Connection connection =
                        instance.sessions()
                                .remote(upstream, superuser, Kind.ORDINARY, CHECKPOINT_PATIENCE);
                Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        } catch (SQLException refused) {
            org.slf4j.LoggerFactory.getLogger(Rewind.class)
                    .info("{}", Sessions.explain(refused, superuser, "superuser", upstream));
        }
    }
}
