package io.tamada.agent.settings;

/// A host name or address and a TCP port. IPv6 addresses are held without brackets.
public record HostPort(String host, int port) {

    /// The form that goes into URLs: brackets around an IPv6 address.
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
