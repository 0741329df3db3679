package io.tamada.agent.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The store: `etcd3` in the file.
///
/// @param hosts at least one client endpoint.
/// @param username null: no authentication.
/// @param cacert path of the authorities' PEM file; null: the system's.
/// @param cert path of the client certificate.
/// @param key path of the client key; null where `cert` holds it too.
public record Etcd3Settings(
        List<HostPort> hosts,
        Protocol protocol,
        @Nullable String username,
        @Nullable Secret password,
        @Nullable String cacert,
        @Nullable String cert,
        @Nullable String key) {

    /// How the endpoints are spoken to.
    public enum Protocol {
        HTTP,
        HTTPS
    }

    public Etcd3Settings {
        hosts = List.copyOf(hosts);
    }
}
