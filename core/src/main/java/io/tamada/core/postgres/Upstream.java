package io.tamada.core.postgres;

/// Where a standby streams from.
public record Upstream(String host, int port) {

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
