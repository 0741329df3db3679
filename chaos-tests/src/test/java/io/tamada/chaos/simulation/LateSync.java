package io.tamada.chaos.simulation;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.port.ClusterStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A planted mistake: standbys are taken out of the `sync` key long after the leader has ceased to
/// wait for them.
final class LateSync {

    /// So many readings later it is written after all.
    private static final int READINGS = 40;

    private final ClusterStore real;
    private @Nullable SyncState pending;
    private int readings;

    private LateSync(ClusterStore real) {
        this.real = real;
    }

    static ClusterStore over(ClusterStore real) {
        LateSync late = new LateSync(real);
        return (ClusterStore)
                Proxy.newProxyInstance(
                        ClusterStore.class.getClassLoader(),
                        new Class<?>[] {ClusterStore.class},
                        (_, method, arguments) -> {
                            try {
                                if (method.getName().equals("writeSync")) {
                                    return late.write(
                                            (SyncState) arguments[0],
                                            (Long) arguments[1],
                                            (Duration) arguments[2]);
                                }
                                Object answer = method.invoke(real, arguments);
                                return answer instanceof ClusterStore.ReadOutcome.View view
                                        ? late.shown(view)
                                        : answer;
                            } catch (InvocationTargetException failed) {
                                throw failed.getCause() == null ? failed : failed.getCause();
                            }
                        });
    }

    private Object write(SyncState wanted, long seenRevision, Duration timeout) {
        if (wanted.standbys().isEmpty() && seenRevision != 0) {
            pending = wanted;
            readings = 0;
            return new ClusterStore.WriteOutcome.Done();
        }
        pending = null;
        return real.writeSync(wanted, seenRevision, timeout);
    }

    private ClusterStore.ReadOutcome.View shown(ClusterStore.ReadOutcome.View real) {
        ClusterView view = real.view();
        SyncState state = pending;
        if (state == null || !real.holdsLeaderKey()) {
            pending = null;
            return real;
        }
        if (++readings >= READINGS) {
            pending = null;
            this.real.writeSync(state, view.syncRevision(), Duration.ofSeconds(1));
        }
        return new ClusterStore.ReadOutcome.View(
                new ClusterView(
                        view.revision(),
                        view.initialization(),
                        view.leader(),
                        view.members(),
                        view.config(),
                        view.history(),
                        view.historyRevision(),
                        view.status(),
                        state,
                        view.syncRevision(),
                        view.failover(),
                        view.failsafe(),
                        view.claimedTimeline()),
                real.holdsLeaderKey(),
                real.holdsInitialization());
    }
}
