package io.tamada.core.failsafe;

import io.tamada.core.wal.Lsn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What one member said when a leader without a store asked for its consent.
public sealed interface FailsafeAnswer {

    String member();

    /// It will not race.
    ///
    /// @param promised for how long, from when it was asked; null when it did not say, which means
    ///     the cluster's ttl.
    /// @param position how far its data reach; null when it did not say.
    record Accepted(String member, @Nullable Duration promised, @Nullable Lsn position)
            implements FailsafeAnswer {

        public Accepted(String member, @Nullable Duration promised) {
            this(member, promised, null);
        }
    }

    /// It has refused, or has not answered.
    record Missing(String member, String reason) implements FailsafeAnswer {}
}
