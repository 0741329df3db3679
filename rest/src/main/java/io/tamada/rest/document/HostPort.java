package io.tamada.rest.document;

import org.jspecify.annotations.Nullable;

/// The host and port of a URL, such as `postgres://10.1.0.12:5432/postgres`.
///
/// `java.net.URI` knows no host with an underscore in its name; container networks do.
///
/// @param host without the brackets of an IPv6 address.
/// @param port zero when the URL names none.
public record HostPort(String host, int port) {

    /// The URL's host and port, or null when the text has none.
    public static @Nullable HostPort ofUrl(String url) {
        int scheme = url.indexOf("://");
        if (scheme < 0) {
            return null;
        }
        int start = scheme + 3;
        int end = start;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        String authority = url.substring(start, end);
        return ofAuthority(authority.substring(authority.lastIndexOf('@') + 1));
    }

    private static @Nullable HostPort ofAuthority(String authority) {
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String host = hasPort ? authority.substring(0, colon) : authority;
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        String port = hasPort ? authority.substring(colon + 1) : "";
        if (host.isEmpty() || !port.matches("[0-9]{0,5}")) {
            return null;
        }
        int number = port.isEmpty() ? 0 : Integer.parseInt(port);
        return number > 65_535 ? null : new HostPort(host, number);
    }
}
