package io.tamada.core.port;

import io.tamada.core.cluster.ClusterRecord;
import org.jspecify.annotations.Nullable;

/// The record of the cluster on this member's own disk. No call blocks.
public interface ClusterRecords {

    /// What an earlier life of this agent has left; null when nothing.
    @Nullable ClusterRecord earlier();

    /// Asks for the record to be written; the latest one counts.
    void keep(ClusterRecord record);

    /// The record that is known to be on the disk; null when none is.
    @Nullable ClusterRecord durable();
}
