package io.tamada.agent.settings;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads `host:port` in the forms Patroni accepts: IPv6 in brackets, and for PostgreSQL several
/// comma-separated hosts before one port.
final class Addresses {

    private static final int HIGHEST_PORT = 65_535;

    /// Stands in after an error was reported; no agent ever starts with it.
    private static final HostPort UNUSABLE = new HostPort("", 0);

    private Addresses() {}

    /// What a text says: hosts, and a port or the default.
    private record Parsed(List<String> hosts, int port) {}

    static HostPort required(Section section, String name, int defaultPort) {
        HostPort address = optional(section, name, defaultPort);
        if (address == null) {
            section.missing(name, form(defaultPort));
            return UNUSABLE;
        }
        return address;
    }

    static @Nullable HostPort optional(Section section, String name, int defaultPort) {
        YamlValue value = section.value(name);
        if (value == null) {
            return null;
        }
        HostPort address = of(value, defaultPort);
        if (address == null) {
            section.wrong(name, value, form(defaultPort));
            return UNUSABLE;
        }
        return address;
    }

    static @Nullable HostPort of(YamlValue value, int defaultPort) {
        Parsed parsed = value instanceof YamlValue.Scalar s ? parse(s.text(), defaultPort) : null;
        return parsed == null || parsed.hosts().size() != 1
                ? null
                : new HostPort(parsed.hosts().getFirst(), parsed.port());
    }

    /// `postgresql.listen`: one or more hosts and a port, 5432 when absent.
    static PostgresqlSettings.Listen listen(Section section, String name, int defaultPort) {
        String expected = "host:port, or host1,host2:port (127.0.0.1,10.0.0.5:5432)";
        YamlValue value = section.value(name);
        if (value == null) {
            section.missing(name, expected);
            return new PostgresqlSettings.Listen(List.of(), 0);
        }
        Parsed parsed = value instanceof YamlValue.Scalar s ? parse(s.text(), defaultPort) : null;
        if (parsed == null) {
            section.wrong(name, value, expected);
            return new PostgresqlSettings.Listen(List.of(), 0);
        }
        return new PostgresqlSettings.Listen(parsed.hosts(), parsed.port());
    }

    /// An unquoted `1:30` would be a number in base sixty; the text as written is what counts.
    private static @Nullable Parsed parse(String text, int defaultPort) {
        String trimmed = text.strip();
        int bracket = trimmed.lastIndexOf(']');
        int colon = trimmed.lastIndexOf(':');
        boolean bareIpv6 =
                bracket < 0
                        && colon > 0
                        && trimmed.indexOf(',') < 0
                        && trimmed.indexOf(':') != colon;
        String hosts = trimmed;
        int port = defaultPort;
        if (colon > bracket && !bareIpv6) {
            hosts = trimmed.substring(0, colon);
            String digits = trimmed.substring(colon + 1);
            if (!digits.matches("\\d{1,5}")) {
                return null;
            }
            port = Integer.parseInt(digits);
        }
        if (port < 1 || port > HIGHEST_PORT) {
            return null;
        }
        List<String> names = new ArrayList<>();
        for (String host : hosts.split(",", -1)) {
            String name = host.strip();
            if (name.startsWith("[") && name.endsWith("]")) {
                name = name.substring(1, name.length() - 1);
            }
            if (!name.matches("\\*|[0-9A-Za-z._:%-]+")) {
                return null;
            }
            names.add(name);
        }
        return new Parsed(List.copyOf(names), port);
    }

    private static String form(int defaultPort) {
        return defaultPort > 0
                ? "host or host:port with a port from 1 to 65535"
                : "host:port with a port from 1 to 65535";
    }
}
