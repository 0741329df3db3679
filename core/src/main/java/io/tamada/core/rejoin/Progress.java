package io.tamada.core.rejoin;

import io.tamada.core.time.Monotonic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Whether something gets on. A deadline judged by progress: however long a copy of a large
/// database takes, it is not late while bytes move; and what does not move is late, however short
/// it has been at it.
///
/// @param subject what is watched; another subject begins anew.
/// @param reading the largest number it has shown.
/// @param movedAt when that number last grew, or the watch began.
public record Progress(String subject, long reading, Monotonic movedAt) {

    /// One thing to watch, and what it shows now.
    public record Sight(String subject, long reading) {}

    /// The watch after one more look; null when there is nothing to watch.
    public static @Nullable Progress after(
            @Nullable Progress before, @Nullable Sight sight, Monotonic now) {
        if (sight == null) {
            return null;
        }
        boolean moved =
                before == null
                        || !before.subject().equals(sight.subject())
                        || sight.reading() > before.reading();
        return moved ? new Progress(sight.subject(), sight.reading(), now) : before;
    }

    public boolean isStalled(Monotonic now, Duration patience) {
        return now.isAtOrAfter(movedAt.plus(patience));
    }

    public boolean isOf(String other) {
        return subject.equals(other);
    }
}
