package io.tamada.chaos.simulation;

import io.tamada.core.port.TimeSource;
import io.tamada.dcs.contract.ClusterStoreContract;
import io.tamada.dcs.kv.EtcdKv;
import java.time.Duration;

/// The simulated etcd keeps the same promises to the cluster store as the real one.
final class SimEtcdContractTest extends ClusterStoreContract {

    private final Scheduler scheduler = new Scheduler();
    private final SimEtcd etcd = new SimEtcd(scheduler, 0);

    @Override
    protected EtcdKv etcd() {
        return new DirectKv(etcd);
    }

    @Override
    protected TimeSource clock() {
        return new SimClock(scheduler, 0, 0);
    }

    @Override
    protected void pass(Duration duration) {
        long until = scheduler.nowNanos() + duration.toNanos();
        while (scheduler.step(until)) {
            // Every event until then.
        }
    }
}
