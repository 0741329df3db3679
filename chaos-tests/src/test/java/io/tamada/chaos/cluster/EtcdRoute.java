package io.tamada.chaos.cluster;

import java.util.List;

/// The way from a node to etcd. What stands on it can tell nodes and directions apart.
public interface EtcdRoute {

    EtcdRoute DIRECT = new Direct();

    /// Loopback addresses beside 127.0.0.1 on which etcd has to listen.
    List<String> listenOn();

    /// @param clientPort of an etcd member.
    /// @return host and port which this node has in its configuration for that member.
    String hostFor(String node, int clientPort);

    /// Nothing stands on it.
    record Direct() implements EtcdRoute {

        @Override
        public List<String> listenOn() {
            return List.of();
        }

        @Override
        public String hostFor(String node, int clientPort) {
            return "127.0.0.1:" + clientPort;
        }
    }
}
