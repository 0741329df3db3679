package io.tamada.core.loop;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SystemIdentifier;
import org.jspecify.annotations.Nullable;

/// Remembers what the last leader has written of how far it came and of whom its commits waited
/// for. A leader writes such a key again when somebody has deleted it by hand; where the leader is
/// gone as well, who may lead is still judged by what the key said.
final class LostKeys {

    private @Nullable SystemIdentifier system;
    private ClusterStatus status = ClusterStatus.EMPTY;
    private @Nullable SyncState sync;

    /// @param view as the store has just shown it.
    /// @param synchronous whether the configuration asks for synchronous replication: without it
    ///     the leader takes the `sync` key away itself.
    /// @param doubted whether the store as a whole is not to be believed; then other rules decide
    ///     whose commits were promised.
    /// @return the view, with what is missing in it while there is no leader.
    ClusterView complete(ClusterView view, boolean synchronous, boolean doubted) {
        if (!synchronous) {
            sync = null;
        }
        if (!(view.initialization() instanceof Initialization.Done(var shown))) {
            return view;
        }
        if (!shown.equals(system)) {
            system = shown;
            status = ClusterStatus.EMPTY;
            sync = null;
        }
        if (!view.status().equals(ClusterStatus.EMPTY)) {
            status = view.status();
        }
        if (synchronous && view.sync() != null) {
            sync = view.sync();
        }
        if (view.leader() != null) {
            return view;
        }
        boolean lacksStatus = !view.status().equals(status);
        boolean lacksSync = view.sync() == null && sync != null && !doubted;
        return lacksStatus || lacksSync ? view.with(status, lacksSync ? sync : view.sync()) : view;
    }
}
