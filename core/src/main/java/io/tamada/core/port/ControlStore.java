package io.tamada.core.port;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The cluster's shared state as operators change it: without a lease, beside the loop, by any
/// thread. Every call returns within its timeout; none repeats a write whose outcome is unknown.
public interface ControlStore {

    /// Reads everything, linearizably.
    Sight read(Duration timeout);

    sealed interface Sight {

        /// @param config the `config` key; null when there is none.
        record Seen(ClusterView view, @Nullable StoredConfig config) implements Sight {}

        record Unreachable(String reason) implements Sight {}
    }

    /// @param json as it is stored, whether or not it can be read.
    /// @param revision modification revision of the key.
    record StoredConfig(String json, long revision) {}

    /// Writes the `failover` key, whatever it holds, as Patroni does. Null parts are left out.
    WriteOutcome request(
            @Nullable String leader,
            @Nullable String candidate,
            @Nullable String scheduledAt,
            Duration timeout);

    /// Takes a request back if the key still has that modification revision.
    WriteOutcome clearRequest(long seenRevision, Duration timeout);

    /// Writes the `config` key if it still has that modification revision.
    WriteOutcome replaceConfig(String json, long seenRevision, Author author, Duration timeout);

    /// Writes the `config` key, whatever it holds.
    WriteOutcome putConfig(String json, Author author, Duration timeout);
}
