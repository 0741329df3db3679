package io.tamada.agent.postgres;

import io.tamada.agent.os.PosixKill;
import io.tamada.agent.postgres.LiveConfiguration.Part;
import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.Sessions.Kind;
import io.tamada.core.port.PostgresControl.Begun;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.Upstream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The short commands: upstream, configuration, checkpoint.
final class ServerCommands {

    private static final Logger LOG = LoggerFactory.getLogger(ServerCommands.class);

    /// A checkpoint of a busy server takes minutes, and has a queue of its own.
    private static final Duration CHECKPOINT_WITHIN = Duration.ofMinutes(30);

    private static final int NUDGES_AT_ONCE = 5;
    private static final Duration NUDGE_EVERY = Duration.ofSeconds(30);

    /// Touched by the queue's thread only.
    private int nudges;

    /// Whether files may say what the server was never told: so it is after a write that has failed
    /// in the middle, and for an agent that has just started, whose former life may have died
    /// between a write and the signal. Touched by the queue's thread only.
    private boolean untold = true;

    private long lastNudgeNanos;

    private final Instance instance;
    private final CommandQueue commands = new CommandQueue("postgres-commands");
    private final CommandQueue checkpoints = new CommandQueue("postgres-checkpoint");

    ServerCommands(Instance instance) {
        this.instance = instance;
    }

    Begun follow(PostgresCommand.Follow command) {
        return begun(commands.add("follow", () -> pointAt(command.upstream())));
    }

    /// File work that may wait for the commands before it.
    void later(String key, CommandQueue.Work work) {
        if (!commands.add(key, work)) {
            LOG.warn("{} is left out: too many commands are in front of it", key);
        }
    }

    Begun checkpoint() {
        return begun(checkpoints.add("checkpoint", this::runCheckpoint));
    }

    /// Brings what was chosen into force on a server that runs. It is told to reload whether a file
    /// has changed or not: this is asked for because something else is in force, and the file may
    /// say the right thing already.
    Begun synchronize() {
        return begun(
                commands.add(
                        "synchronize",
                        () -> {
                            untold = true;
                            applyConfiguration();
                        }));
    }

    void configure() {
        if (!commands.add("configuration", this::reconfigure)) {
            LOG.warn("The configuration waits: too many commands are in front of it");
        }
    }

    static Begun begun(boolean queued) {
        return queued
                ? new Begun.Accepted()
                : new Begun.Refused(CommandQueue.LIMIT + " commands wait already");
    }

    private void pointAt(@Nullable Upstream upstream) throws IOException, InterruptedException {
        Postmaster postmaster = instance.monitor().postmaster();
        ServerStatus status = instance.monitor().status();
        if (postmaster == null || status == null || !status.inRecovery()) {
            LOG.info("Not following {}: the server is no standby that answers", named(upstream));
            return;
        }
        instance.configuration().follow(upstream);
        if (instance.configuration().write(Part.STANDBY).changed()) {
            LOG.info("Following {}", named(upstream));
            nudges = 0;
            instance.callbacks().reloaded();
        }
        if (isNudgeDue()) {
            // The startup process wakes at this signal, even when it waits to try the same
            // upstream.
            postmaster.signal(PosixKill.SIGHUP);
            instance.monitor().poke();
        }
    }

    private static String named(@Nullable Upstream upstream) {
        return upstream == null ? "the archive" : upstream.toString();
    }

    /// A new upstream is tried again at once while it gets ready for us; a standby that still
    /// does not stream after that has another reason, and its log should not fill with reloads.
    private boolean isNudgeDue() {
        long now = System.nanoTime();
        if (nudges >= NUDGES_AT_ONCE && now - lastNudgeNanos < NUDGE_EVERY.toNanos()) {
            return false;
        }
        nudges++;
        lastNudgeNanos = now;
        return true;
    }

    /// For those who listen, what synchronous mode changes by itself is no reload.
    private void reconfigure() throws IOException, InterruptedException {
        if (applyConfiguration()) {
            instance.callbacks().reloaded();
        }
    }

    /// @return whether a file has changed.
    private boolean applyConfiguration() throws IOException, InterruptedException {
        instance.monitor().expect(instance.configuration().wanted());
        Postmaster postmaster = instance.monitor().postmaster();
        ServerStatus status = instance.monitor().status();
        if (postmaster == null || status == null) {
            // The next start writes everything.
            return false;
        }
        if (status.inRecovery() && instance.configuration().upstream() == null) {
            instance.configuration().follow(status.upstream());
        }
        Part part = status.inRecovery() ? Part.STANDBY : Part.PRIMARY;
        boolean due = untold;
        untold = true;
        boolean changed = instance.configuration().write(part).changed();
        if (changed) {
            LOG.info("The configuration has changed; PostgreSQL reloads it");
        }
        if (changed || due) {
            postmaster.signal(PosixKill.SIGHUP);
        }
        untold = false;
        instance.monitor().poke();
        return changed;
    }

    private void runCheckpoint() throws SQLException {
        run("CHECKPOINT", CHECKPOINT_WITHIN);
        // Somebody may wait for it: what the control file says tells that it is done.
        instance.directory().refresh(DirectoryWatch.Freshness.EXACT);
        instance.monitor().poke();
    }

    private void run(String sql, Duration answerWithin) throws SQLException {
        if (instance.monitor().status() == null) {
            return;
        }
        Role superuser = instance.settings().roles().superuser();
        try (Connection connection =
                        instance.sessions().local(superuser, Kind.ORDINARY, answerWithin);
                Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    LOG.debug("{}: {}", sql, rows.next());
                }
            }
        } finally {
            instance.monitor().poke();
        }
    }
}
