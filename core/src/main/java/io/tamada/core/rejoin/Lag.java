package io.tamada.core.rejoin;

import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long a standby has been further behind than the settings allow, without coming nearer.
///
/// @param bytes the smallest lag seen since.
/// @param since when it was last that small, or first too large.
public record Lag(long bytes, Monotonic since) {

    /// @param limitBytes the largest lag that is all right; zero means that every one is.
    public static @Nullable Lag after(
            @Nullable Lag before, long lagBytes, long limitBytes, Monotonic now) {
        if (limitBytes <= 0 || lagBytes <= limitBytes) {
            return null;
        }
        return before == null || lagBytes < before.bytes() ? new Lag(lagBytes, now) : before;
    }

    public boolean isHopeless(Monotonic now, Duration patience) {
        return now.isAtOrAfter(since.plus(patience));
    }
}
