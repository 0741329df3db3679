package io.tamada.haproxy;

import java.util.regex.Pattern;

/// A member as a proxy sees it: where PostgreSQL listens and where its agent answers health
/// checks.
///
/// Both are asked at the same `host`, which is a name or an address without port or brackets.
public record ProxyMember(String name, String host, int postgresPort, int restPort) {

    private static final int HIGHEST_PORT = 65_535;
    private static final int HIGHEST_OCTET = 255;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:-]+");
    private static final Pattern IPV4 =
            Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

    public ProxyMember {
        // Both end up in a configuration file, where a line break would begin a directive.
        if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("member name is empty or not printable");
        }
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException(
                    "member " + name + ": host '" + host + "' is neither a name nor an address");
        }
        requirePort(name, "PostgreSQL", postgresPort);
        requirePort(name, "REST", restPort);
    }

    /// Whether the host is an address, which the runtime socket can set, or a name, which it
    /// cannot.
    public boolean hasLiteralAddress() {
        if (host.indexOf(':') >= 0) {
            return true;
        }
        var octets = IPV4.matcher(host);
        if (!octets.matches()) {
            return false;
        }
        for (int group = 1; group <= octets.groupCount(); group++) {
            if (Integer.parseInt(octets.group(group)) > HIGHEST_OCTET) {
                return false;
            }
        }
        return true;
    }

    /// `host:port` as a configuration file spells it, an IPv6 address in brackets.
    String endpoint() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + postgresPort;
    }

    private static void requirePort(String name, String which, int port) {
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException(
                    "member %s: %s port %d is not between 1 and %d"
                            .formatted(name, which, port, HIGHEST_PORT));
        }
    }
}
