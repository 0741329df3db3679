package io.tamada.haproxy;

/// The two backends of the configuration. Both have a server for every slot; the health check
/// alone decides which of them take connections.
public enum ProxyBackend {
    PRIMARY("primary", "/primary"),
    REPLICAS("replicas", "/replica");

    private final String label;
    private final String checkPath;

    ProxyBackend(String label, String checkPath) {
        this.label = label;
        this.checkPath = checkPath;
    }

    /// Its name in the configuration file and on the runtime socket.
    String label() {
        return label;
    }

    /// The REST path that answers 200 where this backend's connections may go.
    String checkPath() {
        return checkPath;
    }
}
