package io.tamada.core.order;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Something that somebody wants done to the server of this member.
public sealed interface Order {

    /// Stops the server and starts it as what it was.
    ///
    /// @param patience how long a primary may take to start before another member is let lead;
    ///     null for `primary_start_timeout`.
    record Restart(@Nullable Duration patience) implements Order {}

    /// Replaces the data of a standby by a new copy.
    ///
    /// @param fromLeader whether the leader must be the source, whatever `clonefrom` says.
    record Reinitialize(boolean fromLeader) implements Order {}
}
