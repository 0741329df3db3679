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

    public void publish(Reading reading) {
        latest.set(reading);
    }

    public @Nullable Reading latest() {
        return latest.get();
    }
}
