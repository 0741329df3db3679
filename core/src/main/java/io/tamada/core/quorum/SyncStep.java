package io.tamada.core.quorum;

import io.tamada.core.cluster.SyncState;
import io.tamada.core.postgres.StandbyNames;

/// The next single step towards a {@link SyncTarget}.
public sealed interface SyncStep {

    /// Record in the store who may be elected.
    record Publish(SyncState state) implements SyncStep {}

    /// Tell the server whom commits wait for.
    record SetNames(StandbyNames names) implements SyncStep {}

    /// Standbys that commits wait for already do not have everything yet.
    record Await(SyncState state) implements SyncStep {}

    record Settled() implements SyncStep {}
}
