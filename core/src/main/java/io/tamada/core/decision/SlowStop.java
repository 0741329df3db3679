package io.tamada.core.decision;

import io.tamada.core.postgres.ControlData;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.Operation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// When a fast stop has had its time. All the while that a primary stops nobody can write, nor take
/// over: the lease is renewed until the server is known to be down. A standby keeps nobody waiting
/// and loses nothing when it ends at once; it gets the patience of every other operation.
///
/// A fast stop has two parts. First the sessions end, which they do within moments of being told,
/// unless one stands still or hangs in the kernel; the walsenders have to hear of it as well, which
/// they do not while their standby or subscriber takes nothing. Before that the checkpoint does not
/// begin. The second part, the checkpoint and what standbys still have to receive, takes as long as
/// the disk and the network need: interrupting it would make the next start longer and may lose
/// what was not sent, so only `primary_stop_timeout` bounds it, which holds, as Patroni has it,
/// where commits are synchronous.
final class SlowStop {

    /// Ends sessions that do anything at all, and leaves a failover below half a minute.
    static final Duration SESSIONS_END = Duration.ofSeconds(15);

    private SlowStop() {}

    /// Why what remains of the server has to end at once; null when it may go on stopping.
    static @Nullable String why(Observation seen) {
        if (!(seen.postgres().operation() instanceof Operation.Running(var kind, var since, _))
                || kind != Operation.Kind.STOP
                || seen.postgres().isDown()) {
            return null;
        }
        if (!seen.postgres().mayBePrimary()) {
            Duration patience = seen.config().rejoin().patience();
            return Plans.passed(seen, since, patience)
                    ? "the standby has not stopped in %d s".formatted(patience.toSeconds())
                    : null;
        }
        ControlData control = seen.postgres().control();
        if (control != null
                && control.state() == ControlState.IN_PRODUCTION
                && Plans.passed(seen, since, SESSIONS_END)) {
            return "the shutdown checkpoint has not begun in %d s"
                    .formatted(SESSIONS_END.toSeconds());
        }
        Duration limit = seen.config().primaryStopTimeout();
        return seen.config().synchronous().isOn()
                        && limit.isPositive()
                        && Plans.passed(seen, since, limit)
                ? "primary_stop_timeout has passed"
                : null;
    }
}
