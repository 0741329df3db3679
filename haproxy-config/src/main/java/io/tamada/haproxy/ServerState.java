package io.tamada.haproxy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One server of one backend, as a running HAProxy reports it (`show servers state`).
///
/// @param hostName the name it was configured with, or null when that was an address
/// @param address the address in use, or null while a name has not been resolved
public record ServerState(
        ProxyBackend backend,
        int slot,
        @Nullable String hostName,
        @Nullable String address,
        int port,
        int checkPort,
        Admission admission) {

    /// What the administrator, not health, says of a server.
    public enum Admission {
        READY,
        DRAIN,
        MAINTENANCE
    }

    /// Bits of `srv_admin_state`: forced and inherited maintenance; the one for a name that does
    /// not resolve (0x20) ends by itself once an address is set.
    private static final int MAINTENANCE_BITS = 0x01 | 0x02;

    private static final int DRAIN_BITS = 0x08 | 0x10;

    private static final int BACKEND = 1;
    private static final int NAME = 3;
    private static final int ADDRESS = 4;
    private static final int ADMIN_STATE = 6;
    private static final int HOST_NAME = 17;
    private static final int PORT = 18;
    private static final int CHECK_PORT = 21;

    /// Reads the answer to `show servers state`; servers that are not ours are left out.
    ///
    /// @throws IllegalArgumentException when it is not of the known version 1
    static List<ServerState> parse(String answer) {
        List<String> lines = answer.strip().lines().toList();
        if (lines.isEmpty() || !lines.getFirst().strip().equals("1")) {
            throw new IllegalArgumentException(
                    "servers state of an unknown version: '" + firstLine(lines) + "'");
        }
        var states = new ArrayList<ServerState>();
        for (String line : lines.subList(1, lines.size())) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] field = line.strip().split(" ", -1);
            if (field.length <= CHECK_PORT) {
                throw new IllegalArgumentException("servers state line is too short: " + line);
            }
            ProxyBackend backend = backend(field[BACKEND]);
            int slot = slot(field[NAME]);
            if (backend != null && slot > 0) {
                states.add(
                        new ServerState(
                                backend,
                                slot,
                                orNull(field[HOST_NAME]),
                                orNull(field[ADDRESS]),
                                number(field[PORT], line),
                                number(field[CHECK_PORT], line),
                                admission(number(field[ADMIN_STATE], line))));
            }
        }
        return states;
    }

    /// Whether this server leads to this member, admitted or not.
    boolean leadsTo(ProxyMember member) {
        boolean sameHost = member.host().equals(address) || member.host().equals(hostName);
        return sameHost && port == member.postgresPort() && checkPort == member.restPort();
    }

    String server() {
        return backend.label() + "/" + ProxySlots.serverName(slot);
    }

    private static Admission admission(int bits) {
        if ((bits & MAINTENANCE_BITS) != 0) {
            return Admission.MAINTENANCE;
        }
        return (bits & DRAIN_BITS) != 0 ? Admission.DRAIN : Admission.READY;
    }

    private static @Nullable ProxyBackend backend(String label) {
        for (ProxyBackend backend : ProxyBackend.values()) {
            if (backend.label().equals(label)) {
                return backend;
            }
        }
        return null;
    }

    private static int slot(String server) {
        String digits =
                server.startsWith(ProxySlots.SERVER_PREFIX)
                        ? server.substring(ProxySlots.SERVER_PREFIX.length())
                        : "";
        return digits.matches("[1-9]\\d{0,5}") ? Integer.parseInt(digits) : 0;
    }

    private static @Nullable String orNull(String field) {
        return field.equals("-") ? null : field;
    }

    private static int number(String field, String line) {
        try {
            return Integer.parseInt(field);
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("'" + field + "' is not a number in: " + line);
        }
    }

    private static String firstLine(List<String> lines) {
        return lines.isEmpty() ? "" : lines.getFirst();
    }
}
