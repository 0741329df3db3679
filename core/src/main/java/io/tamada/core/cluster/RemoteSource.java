package io.tamada.core.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the WAL of a standby cluster comes from: `standby_cluster` in the dynamic configuration.
/// Its leader follows another cluster, the other members follow the leader, and nobody is promoted
/// until the setting is taken away.
///
/// @param host a server of the other cluster, or several with commas; null when WAL comes from an
///     archive only.
/// @param slot `primary_slot_name`: a slot on that server; null for none.
/// @param createReplicaMethods how copies are made here while the cluster follows, by name, in the
///     order in which they are tried; empty for pg_basebackup alone.
/// @param restoreCommand how every member fetches WAL from the other cluster's archive.
/// @param archiveCleanupCommand as in postgresql.conf; null for none, as is `applyDelay`.
/// @param applyDelay `recovery_min_apply_delay` of the leader.
public record RemoteSource(
        @Nullable String host,
        int port,
        @Nullable String slot,
        List<String> createReplicaMethods,
        @Nullable String restoreCommand,
        @Nullable String archiveCleanupCommand,
        @Nullable String applyDelay) {

    public RemoteSource {
        createReplicaMethods = List.copyOf(createReplicaMethods);
    }

    @Override
    public String toString() {
        return host == null ? "the archive" : host + ":" + port;
    }
}
