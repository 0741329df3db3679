package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.EtcdRoute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Faults of the network between single nodes and etcd, by whatever this machine has for it
/// (docs/adr/0013). Both ways of doing it pass the same contract test.
public interface NetworkFaults extends EtcdRoute, AutoCloseable {

    /// Seen from the node.
    enum Direction {
        TO_ETCD,
        FROM_ETCD,
        BOTH
    }

    /// What does it, for a report.
    String describe();

    /// Packets of the node get lost from now on, without a sign to either end.
    void cut(String node, Direction direction);

    /// Everything between the node and etcd takes longer from now on.
    ///
    /// @param oneWay each way; a question and its answer take twice that.
    void delay(String node, Duration oneWay);

    /// Ends every fault.
    void heal();

    @Override
    void close();

    /// What can be had on this machine.
    ///
    /// @param faults empty where there is nothing.
    /// @param reasons for each way that is not there, a line.
    record Found(Optional<NetworkFaults> faults, List<String> reasons) {}

    /// Toxiproxy where its image is to be had, else packet filters.
    static Found find() {
        List<String> reasons = new ArrayList<>();
        Optional<NetworkFaults> found = ToxiproxyFaults.find(reasons);
        return new Found(found.or(() -> IptablesFaults.find(reasons)), reasons);
    }
}
