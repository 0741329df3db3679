package io.tamada.haproxy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What to tell a running HAProxy so that it serves the wanted members.
///
/// It compares what HAProxy says of itself with what it should say, so a plan that broke off in
/// the middle is finished by the next one, and a plan for a proxy that is right is empty.
public sealed interface ProxyPlan {

    /// The slots to render the configuration file with, so that a restart finds the same members.
    ProxySlots after();

    /// Commands for the runtime socket, in order. Sessions of members not in them go on.
    record Commands(List<String> commands, ProxySlots after) implements ProxyPlan {
        public Commands {
            commands = List.copyOf(commands);
        }
    }

    /// The runtime socket cannot do it: write the file anew and reload.
    record ReloadNeeded(String reason, ProxySlots after) implements ProxyPlan {}

    /// @param live every server of both backends
    /// @param known who was where after the last plan; empty after a start of the caller, and
    ///     then members are recognised by their addresses
    static ProxyPlan between(List<ServerState> live, ProxySlots known, List<ProxyMember> wanted) {
        ProxySlots after = recognised(live, known, wanted).with(wanted);
        var commands = new ArrayList<String>();
        for (ProxyBackend backend : ProxyBackend.values()) {
            List<ServerState> servers =
                    live.stream().filter(server -> server.backend() == backend).toList();
            for (int slot : after.taken().keySet()) {
                if (servers.stream().noneMatch(server -> server.slot() == slot)) {
                    return new ReloadNeeded(
                            "backend %s has no %s: %d member(s), %d slot(s)"
                                    .formatted(
                                            backend.label(),
                                            ProxySlots.serverName(slot),
                                            wanted.size(),
                                            servers.size()),
                            after);
                }
            }
            for (ServerState server : servers) {
                ProxyMember member = after.taken().get(server.slot());
                if (member == null) {
                    vacate(server, commands);
                } else if (!server.leadsTo(member)) {
                    if (!member.hasLiteralAddress()) {
                        return new ReloadNeeded(
                                "member %s: the runtime socket takes addresses only, and %s is a name"
                                        .formatted(member.name(), member.host()),
                                after);
                    }
                    vacate(server, commands);
                    occupy(server, member, commands);
                } else if (server.admission() != ServerState.Admission.READY) {
                    admit(server, commands);
                }
            }
        }
        return new Commands(commands, after);
    }

    /// Ends the sessions too: nobody would end them later, as a server in maintenance is not
    /// checked.
    private static void vacate(ServerState server, List<String> commands) {
        if (server.admission() != ServerState.Admission.MAINTENANCE) {
            commands.add("set server " + server.server() + " state maint");
            commands.add("shutdown sessions server " + server.server());
        }
    }

    private static void occupy(ServerState server, ProxyMember member, List<String> commands) {
        commands.add(
                "set server %s addr %s port %d"
                        .formatted(server.server(), member.host(), member.postgresPort()));
        commands.add("set server %s check-port %d".formatted(server.server(), member.restPort()));
        admit(server, commands);
    }

    /// A server that leaves maintenance counts as healthy until its first check, and a standby
    /// would get the writers' connections so long. Hence by way of `drain`, which takes none, and
    /// `down`.
    private static void admit(ServerState server, List<String> commands) {
        commands.add("set server " + server.server() + " state drain");
        commands.add("set server " + server.server() + " health down");
        commands.add("set server " + server.server() + " state ready");
    }

    private static ProxySlots recognised(
            List<ServerState> live, ProxySlots known, List<ProxyMember> wanted) {
        var taken = new TreeMap<>(known.taken());
        int capacity = known.capacity();
        for (ServerState server : live) {
            capacity = Math.max(capacity, server.slot());
            boolean unclaimed = !taken.containsKey(server.slot());
            if (unclaimed && server.admission() != ServerState.Admission.MAINTENANCE) {
                for (ProxyMember member : wanted) {
                    boolean unplaced =
                            taken.values().stream()
                                    .noneMatch(other -> other.name().equals(member.name()));
                    if (unplaced && server.leadsTo(member)) {
                        taken.put(server.slot(), member);
                        break;
                    }
                }
            }
        }
        return new ProxySlots(capacity, taken);
    }
}
