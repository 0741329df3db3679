package io.tamada.agent.postgres;

import io.tamada.agent.postgres.PostgresSettings.Role;
import io.tamada.agent.postgres.Sessions.Kind;
import io.tamada.core.postgres.Headway.Trouble;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.Upstream;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyDual;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out why a standby does not stream: asks its upstream for WAL as the standby would, and
/// reads the answer. A thread of its own; whoever reads what it knows does not wait.
final class StreamProbe implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamProbe.class);

    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

    /// PostgreSQL's undefined_file: the WAL segment has been removed.
    private static final String NO_SUCH_FILE = "58P01";

    private final Instance instance;
    private final Thread thread;
    private volatile @Nullable Trouble trouble;
    private volatile boolean closed;

    StreamProbe(Instance instance) {
        this.instance = instance;
        this.thread = Thread.ofPlatform().name("upstream-probe").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Nullable Trouble trouble() {
        return trouble;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        boolean thirsty = false;
        while (!closed) {
            ServerStatus status = instance.monitor().status();
            boolean nowThirsty =
                    status != null
                            && status.inRecovery()
                            && !status.streaming()
                            && status.upstream() != null;
            // One look later: a standby that has just been pointed at somebody needs a moment.
            try {
                trouble = nowThirsty && thirsty && status != null ? ask(status) : null;
            } catch (RuntimeException bug) {
                trouble = null;
                LOG.error("The upstream could not be asked", bug);
            }
            thirsty = nowThirsty;
            try {
                TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private @Nullable Trouble ask(ServerStatus status) {
        Upstream upstream = status.upstream();
        if (upstream == null) {
            return null;
        }
        Role role = instance.settings().roles().replication();
        try (Connection connection =
                instance.sessions().remote(upstream, role, Kind.REPLICATION, ANSWER_WITHIN)) {
            CopyDual wal =
                    connection
                            .unwrap(PGConnection.class)
                            .getCopyAPI()
                            .copyDual(
                                    "START_REPLICATION PHYSICAL "
                                            + status.position()
                                            + " TIMELINE "
                                            + status.timeline());
            // Whatever it sends first, it sends.
            byte[] _ = wal.readFromCopy();
            return null;
        } catch (SQLException refused) {
            return verdict(refused, role, upstream);
        }
    }

    private static @Nullable Trouble verdict(SQLException refused, Role role, Upstream upstream) {
        String state = refused.getSQLState() == null ? "" : refused.getSQLState();
        if (state.equals(NO_SUCH_FILE)) {
            return new Trouble(
                    Trouble.Kind.WAL_REMOVED, upstream + ": " + firstLine(refused.getMessage()));
        }
        // It sends nothing for now, which is an answer too: a server that has sent all of its WAL
        // only speaks up after a while. And at the end of a timeline it answers with rows, which
        // the driver does not expect here.
        boolean serverSaidNo =
                refused instanceof PSQLException answer && answer.getServerErrorMessage() != null;
        boolean isSilent = refused.getCause() instanceof SocketTimeoutException;
        boolean isUnreachable = state.startsWith("08") && !isSilent;
        return serverSaidNo || isUnreachable
                ? new Trouble(
                        Trouble.Kind.OTHER,
                        Sessions.explain(refused, role, "replication", upstream))
                : null;
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }
}
