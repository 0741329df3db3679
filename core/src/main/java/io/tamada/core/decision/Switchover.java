package io.tamada.core.decision;

import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the loop knows of a requested change of leader beside the request itself.
///
/// @param dueIn how long until the scheduled time, negative when it has passed; null when no time
///     is given, or no clock is there to tell.
/// @param begun what this leader has begun to do about the request; null when nothing.
/// @param leaderlessSince since when there has been no leader; null while there is one.
public record Switchover(
        @Nullable Duration dueIn, @Nullable Begun begun, @Nullable Monotonic leaderlessSince) {

    public static final Switchover NONE = new Switchover(null, null, null);

    /// @param revision of the request.
    /// @param from where the server was when the first checkpoint was asked for.
    /// @param stopping whether the server was stopped on account of it.
    public record Begun(long revision, Monotonic at, Lsn from, boolean stopping) {}
}
