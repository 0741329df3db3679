package io.tamada.core.postgres;

import io.tamada.core.cluster.RemoteSource;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/// Where a standby streams from.
public record Upstream(String host, int port) {

    private static final int DEFAULT_PORT = 5432;

    /// A server of the cluster that a standby cluster follows; null when it lives on an archive.
    public static @Nullable Upstream of(RemoteSource remote) {
        return remote.host() == null ? null : new Upstream(remote.host(), remote.port());
    }

    /// Reads a member's `conn_url`, such as `postgres://10.0.0.1:5432/postgres`; null when it is
    /// none.
    public static @Nullable Upstream ofConnUrl(String url) {
        try {
            URI uri = new URI(url);
            String host = uri.getHost();
            if (host == null) {
                return null;
            }
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            return new Upstream(host, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
        } catch (URISyntaxException notAUrl) {
            return null;
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
