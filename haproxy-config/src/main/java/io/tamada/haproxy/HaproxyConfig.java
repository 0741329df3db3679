package io.tamada.haproxy;

import java.time.Duration;

/// Renders `haproxy.cfg`. Accepted without a warning by HAProxy 2.6 and later.
public final class HaproxyConfig {

    private HaproxyConfig() {}

    /// The whole file. Slots beyond those taken are there too, disabled, for members to come;
    /// there are as many as the settings say, or more where the members need them.
    public static String render(ProxySettings settings, ProxySlots slots) {
        return global(settings)
                + defaults(settings.timing())
                + frontends(settings.listen())
                + backend(ProxyBackend.PRIMARY, settings, slots)
                + backend(ProxyBackend.REPLICAS, settings, slots)
                + statistics(settings.listen());
    }

    private static String global(ProxySettings settings) {
        return """
        # HAProxy in front of a PostgreSQL cluster.
        #
        #   %-5d  read-write: the member whose REST API answers 200 to /primary
        #   %-5d  read-only:  the members that answer 200 to /replica
        #   %-5d  statistics: a page for a browser, and CSV under /;csv
        #
        # Servers are named by slot, not by member: members come, go and move through the runtime
        # socket below, without a reload and without touching anybody else's sessions.

        global
            log stdout format raw local0
            maxconn %d
            stats socket %s mode 660 level admin expose-fd listeners
            # After a reload the old worker keeps its sessions but checks no health any more, so a
            # session to a primary that dies then would hang. This ends the worker, and with it the
            # sessions it still has. Prefer the runtime socket to a reload.
            hard-stop-after %s

        """
                .formatted(
                        settings.listen().writePort(),
                        settings.listen().readPort(),
                        settings.listen().statisticsPort(),
                        settings.maxConnections(),
                        settings.runtimeSocket(),
                        text(settings.oldWorkerLife()));
    }

    private static String defaults(CheckTiming timing) {
        return """
        defaults
            mode tcp
            log global
            option dontlognull
            # One line whenever a member's health changes: the other half of a failover's story.
            option log-health-checks
            # A refused or silent server is tried again for a few seconds, then on another one.
            timeout connect 3s
            retries 2
            option redispatch
            # Database sessions idle for hours in pools and may compute for hours; what ends them is
            # a health check or, for a peer that is gone, TCP keepalive after about a minute.
            timeout client 24h
            timeout server 24h
            option tcpka
            clitcpka-idle 30s
            clitcpka-intvl 10s
            clitcpka-cnt 3
            srvtcpka-idle 30s
            srvtcpka-intvl 10s
            srvtcpka-cnt 3
            # How long one health answer may take. A stopped agent costs this once a check.
            timeout check %s

        """
                .formatted(text(timing.answer()));
    }

    private static String frontends(ProxySettings.Listen listen) {
        return """
        frontend read_write
            bind %1$s:%2$d
            option tcplog
            default_backend %3$s

        frontend read_only
            bind %1$s:%4$d
            option tcplog
            default_backend %5$s

        """
                .formatted(
                        listen.address(),
                        listen.writePort(),
                        ProxyBackend.PRIMARY.label(),
                        listen.readPort(),
                        ProxyBackend.REPLICAS.label());
    }

    private static String backend(ProxyBackend backend, ProxySettings settings, ProxySlots slots) {
        var out = new StringBuilder();
        out.append("backend ").append(backend.label()).append('\n');
        switch (backend) {
            case PRIMARY ->
                    out.append(
                            """
                                # At most one member answers 200: the holder of a valid leader lease.
                                balance first
                            """);
            case REPLICAS ->
                    out.append("    balance ").append(settings.reads().algorithm()).append('\n');
        }
        out.append("    option httpchk\n");
        out.append("    http-check send meth ")
                .append(settings.check().method())
                .append(" uri ")
                .append(backend.checkPath());
        RestCheck.Credentials credentials = settings.check().credentials();
        if (credentials != null) {
            out.append(" hdr Authorization \"").append(credentials.basic()).append('"');
        }
        out.append("\n    http-check expect status 200\n");
        out.append(serverDefaults(settings));
        slots.taken().forEach((slot, member) -> out.append(server(slot, member)));
        out.append(freeSlots(settings, slots)).append('\n');
        return out.toString();
    }

    private static String serverDefaults(ProxySettings settings) {
        CheckTiming timing = settings.timing();
        return """
            # Asked every %1$s while up, every %2$s when an answer was unlike the last one, every %3$s
            # while down. Up after good answers in a row: %4$d; down after bad ones: %5$d. Whoever goes
            # down loses its sessions at once, so that clients reconnect to where they are served.
            # A host name that does not resolve disables its server; it never stops HAProxy.
            default-server check inter %1$s fastinter %2$s downinter %3$s rise %4$d fall %5$d
            default-server on-marked-down shutdown-sessions init-addr last,libc,none%6$s
        """
                .formatted(
                        text(timing.whileUp()),
                        text(timing.whileChanging()),
                        text(timing.whileDown()),
                        timing.successes(),
                        timing.failures(),
                        tls(settings.check().transport()));
    }

    private static String tls(RestCheck.Transport transport) {
        return switch (transport) {
            case RestCheck.Transport.Plain() -> "";
            case RestCheck.Transport.Tls(var caFile) ->
                    caFile == null
                            ? " check-ssl verify none"
                            : " check-ssl verify required ca-file " + caFile;
        };
    }

    private static String server(int slot, ProxyMember member) {
        return "    # "
                + member.name()
                + "\n    server "
                + ProxySlots.serverName(slot)
                + ' '
                + member.endpoint()
                + " port "
                + member.restPort()
                + '\n';
    }

    /// Free slots one range at a time; a slot between two members may be free after a removal.
    private static String freeSlots(ProxySettings settings, ProxySlots slots) {
        int last = Math.max(settings.slots(), slots.capacity());
        var out = new StringBuilder();
        int slot = 1;
        while (slot <= last) {
            if (slots.taken().containsKey(slot)) {
                slot++;
                continue;
            }
            int first = slot;
            while (slot <= last && !slots.taken().containsKey(slot)) {
                slot++;
            }
            out.append(
                    "    server-template %s %s 127.0.0.1:1 port 1 disabled\n"
                            .formatted(ProxySlots.SERVER_PREFIX, first + "-" + (slot - 1)));
        }
        return out.isEmpty() ? "" : "    # Free slots, for members to come.\n" + out;
    }

    private static String statistics(ProxySettings.Listen listen) {
        return """
        frontend statistics
            bind %s:%d
            mode http
            no log
            # A browser that stays open must not hold a slot for a day.
            timeout client 10s
            stats enable
            stats uri /
            stats refresh 5s
            stats show-legends
        """
                .formatted(listen.address(), listen.statisticsPort());
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }
}
