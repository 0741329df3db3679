package io.tamada.dcs;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How etcd is reached: the `etcd3` section of the configuration.
///
/// @param cacert PEM file of the authorities that may sign etcd's certificates; null means those
///     that Java trusts.
/// @param cert PEM file of our client certificate, with `key` its private key in PKCS #8.
public record EtcdSettings(
        List<HostPort> endpoints,
        Protocol protocol,
        @Nullable String username,
        @Nullable String password,
        @Nullable Path cacert,
        @Nullable Path cert,
        @Nullable Path key) {

    public enum Protocol {
        HTTP,
        HTTPS
    }

    /// @param host a name or an address; an IPv6 address without brackets.
    public record HostPort(String host, int port) {

        private static final int DEFAULT_PORT = 2379;

        public HostPort {
            if (host.isBlank() || port < 1 || port > 65_535) {
                throw new IllegalArgumentException("not a host and a port: " + host + ":" + port);
            }
        }

        /// Reads `host`, `host:port`, `[address]` or `[address]:port`; the port is 2379 if
        /// absent.
        ///
        /// @throws IllegalArgumentException with a sentence for people.
        public static HostPort parse(String text) {
            String trimmed = text.strip();
            int bracket = trimmed.indexOf(']');
            boolean bare = bracket < 0 && trimmed.indexOf(':') != trimmed.lastIndexOf(':');
            int colon = bare ? -1 : trimmed.indexOf(':', Math.max(0, bracket));
            String host = colon < 0 ? trimmed : trimmed.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            try {
                int port =
                        colon < 0 ? DEFAULT_PORT : Integer.parseInt(trimmed.substring(colon + 1));
                return new HostPort(host, port);
            } catch (IllegalArgumentException _) {
                throw new IllegalArgumentException(
                        "found '" + text + "', expected HOST, HOST:PORT or [IPV6]:PORT");
            }
        }

        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    public EtcdSettings {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("at least one endpoint of etcd is needed");
        }
        if ((username == null) != (password == null)) {
            throw new IllegalArgumentException("username and password are given together");
        }
        if ((cert == null) != (key == null)) {
            throw new IllegalArgumentException("cert and key are given together");
        }
    }

    /// Plain connections without a user.
    public static EtcdSettings plain(List<HostPort> endpoints) {
        return new EtcdSettings(endpoints, Protocol.HTTP, null, null, null, null, null);
    }

    /// Without the password.
    @Override
    public String toString() {
        return "EtcdSettings["
                + protocol
                + " "
                + endpoints
                + (username == null ? "" : " as " + username)
                + (cacert == null ? "" : " cacert " + cacert)
                + (cert == null ? "" : " cert " + cert)
                + "]";
    }
}
