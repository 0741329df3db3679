package io.tamada.dcs.grpc;

import io.tamada.dcs.EtcdSettings.HostPort;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What has been told of the endpoints of etcd, by all connections of this process: one of them
/// tells it, once, until it is over for whoever told it.
final class EndpointNews {

    enum Trouble {
        SILENT,
        LEFT_BEHIND,
        OTHER_CLUSTER
    }

    /// By address and then by connection, the trouble that stands.
    private final Map<HostPort, Map<Object, Trouble>> standing = new HashMap<>();

    private @Nullable HostPort asked;
    private long cluster;

    /// @param connection who has met it.
    /// @return whether no connection has met this trouble at this address before.
    synchronized boolean isNews(Object connection, HostPort address, Trouble trouble) {
        Map<Object, Trouble> there = standing.computeIfAbsent(address, _ -> new HashMap<>());
        boolean known = there.containsValue(trouble);
        there.put(connection, trouble);
        return !known;
    }

    /// This address has answered this connection as it should.
    synchronized void isOver(Object connection, HostPort address) {
        Map<Object, Trouble> there = standing.get(address);
        if (there != null) {
            there.remove(connection);
        }
    }

    /// @return whether no connection has gone there last.
    synchronized boolean isNewlyAsked(HostPort address) {
        boolean news = !address.equals(asked);
        asked = address;
        return news;
    }

    /// @return whether all endpoints are not known yet to have gone to this cluster.
    synchronized boolean isNewCluster(long id) {
        boolean news = id != cluster;
        cluster = id;
        return news;
    }
}
