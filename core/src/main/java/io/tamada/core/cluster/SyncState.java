package io.tamada.core.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `sync` key of synchronous mode.
public record SyncState(@Nullable String leader, List<String> standbys, int quorum) {

    public SyncState {
        standbys = List.copyOf(standbys);
    }
}
