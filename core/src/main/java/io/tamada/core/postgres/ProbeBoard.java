package io.tamada.core.postgres;

import io.tamada.core.member.MemberState;
import io.tamada.core.time.Monotonic;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The latest answer of the local server to the status query, which runs on a clock of its own
/// (every second), so that health answers do not depend on the loop. Safe for many readers.
public final class ProbeBoard {

    /// @param status the answer; null when the server did not answer.
    /// @param askedAt when the query was sent.
    /// @param state what the process is doing, for documents: running, starting, stopping,
    ///     stopped, ...
    public record Reading(@Nullable ServerStatus status, Monotonic askedAt, MemberState state) {}

    private final AtomicReference<@Nullable Reading> latest = new AtomicReference<>();

    private volatile Runnable asker = () -> {};

    /// Whoever publishes hears from here on when somebody cannot wait for the next second.
    ///
    /// @param hurry lets the server be asked soon; called by any thread, must not wait.
    public void onDemand(Runnable hurry) {
        asker = hurry;
    }

    /// Wants a reading that is asked for from now on.
    public void demand() {
        asker.run();
    }

    public void publish(Reading reading) {
        latest.set(reading);
    }

    public @Nullable Reading latest() {
        return latest.get();
    }
}
