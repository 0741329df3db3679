package io.tamada.core.cluster;

import org.jspecify.annotations.Nullable;

/// Where the WAL of a standby cluster comes from: `standby_cluster` in the dynamic configuration.
/// Its leader follows another cluster, the other members follow the leader, and nobody is promoted
/// until the setting is taken away.
///
/// @param host a server of the other cluster, or several with commas; null when WAL comes from an
///     archive only.
/// @param slot `primary_slot_name`: a slot on that server; null for none.
/// @param restoreCommand how the leader fetches WAL from the other cluster's archive.
/// @param archiveCleanupCommand as in postgresql.conf; null for none, as is `applyDelay`.
/// @param applyDelay `recovery_min_apply_delay` of the leader.
public record RemoteSource(
        @Nullable String host,
        int port,
        @Nullable String slot,
        @Nullable String restoreCommand,
        @Nullable String archiveCleanupCommand,
        @Nullable String applyDelay) {

    @Override
    public String toString() {
        return host == null ? "the archive" : host + ":" + port;
    }
}
