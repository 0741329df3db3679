package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.member.Member;
import io.tamada.core.wal.Lsn;
import io.tamada.rest.control.Body;
import io.tamada.rest.document.HostPort;
import io.tamada.rest.document.PatroniWords;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The members of one cluster as rows of a table, in the words and columns of patronictl.
final class MemberRows {

    private static final long MEGABYTE = 1024L * 1024;

    private final ClusterView view;
    private final String scope;

    MemberRows(StoreOptions.Cluster cluster) {
        this(cluster.scope(), cluster.view());
    }

    MemberRows(String scope, ClusterView view) {
        this.scope = scope;
        this.view = view;
    }

    String write(Format format, boolean extended) {
        List<Member> members = new ArrayList<>(view.members());
        members.sort(Comparator.comparing(member -> member.name().value()));
        List<String> columns =
                new ArrayList<>(
                        List.of("Cluster", "Member", "Host", "Role", "State", "TL", "Lag in MB"));
        if (extended || members.stream().anyMatch(Member::pendingRestart)) {
            columns.add("Pending restart");
        }
        if (extended || members.stream().anyMatch(m -> !m.restart().changes().isEmpty())) {
            columns.add("Pending restart reason");
        }
        if (extended || members.stream().anyMatch(member -> member.scheduledRestart() != null)) {
            columns.add("Scheduled restart");
        }
        if (extended || members.stream().anyMatch(member -> !member.tags().all().isEmpty())) {
            columns.add("Tags");
        }
        List<List<Object>> rows = new ArrayList<>();
        Map<String, String> shown = new HashMap<>();
        List<Member> order = format == Format.TOPOLOGY ? topology(members, shown) : members;
        boolean ports = portsMatter(members);
        int skipped = format == Format.TSV || !format.isForPeople() ? 0 : 1;
        for (Member member : order) {
            String name = shown.getOrDefault(member.name().value(), member.name().value());
            Map<String, Object> cells = cells(member, name, ports, format.isForPeople());
            List<Object> row = new ArrayList<>();
            columns.forEach(column -> row.add(cells.getOrDefault(column, "")));
            rows.add(row.subList(skipped, row.size()));
        }
        String title = " Cluster: " + scope + " (" + initialized() + ") ";
        String table =
                format.write(
                        title,
                        columns.subList(skipped, columns.size()),
                        Set.of("TL", "Lag in MB"),
                        rows,
                        false);
        return format.isForPeople() ? table + below() : table;
    }

    private Map<String, Object> cells(
            Member member, String name, boolean ports, boolean forPeople) {
        boolean leads = leads(member);
        Map<String, Object> cells = new HashMap<>();
        cells.put("Cluster", scope);
        cells.put("Member", name);
        HostPort host = HostPort.ofUrl(member.connUrl());
        if (host != null) {
            boolean withPort = ports && host.port() != 0;
            cells.put("Host", withPort ? host.host() + ":" + host.port() : host.host());
        }
        cells.put("Role", role(member, leads));
        String replication = member.replicationState();
        cells.put(
                "State",
                (leads && !follows()) || replication == null || replication.isEmpty()
                        ? PatroniWords.of(member.state())
                        : replication);
        if (member.timeline() != null) {
            cells.put("TL", member.timeline().id());
        }
        if (!leads) {
            cells.put("Lag in MB", lag(member.walLocation()));
        }
        if (member.pendingRestart()) {
            cells.put("Pending restart", "*");
        }
        cells.put("Pending restart reason", PendingReason.text(member.restart(), forPeople));
        if (member.scheduledRestart() != null) {
            cells.put("Scheduled restart", planned(member.scheduledRestart()));
        }
        if (!member.tags().all().isEmpty()) {
            cells.put("Tags", member.tags().all());
        }
        return cells;
    }

    /// When, and below which version.
    private static String planned(String json) {
        ObjectNode plan = Body.parse(json);
        if (plan == null) {
            return "";
        }
        String version = plan.path("postgres_version").asText("");
        return plan.path("schedule").asText("")
                + (version.isEmpty() ? "" : " if version < " + version);
    }

    /// Half a megabyte is rounded to the even neighbour, as Python rounds.
    private Object lag(@Nullable Lsn position) {
        if (position == null || position.equals(Lsn.ZERO)) {
            return PatroniWords.UNKNOWN;
        }
        Lsn leader = view.status().optime();
        long bytes = position.isBefore(leader) ? leader.bytesSince(position) : 0;
        return (long) Math.rint((double) bytes / MEGABYTE);
    }

    private boolean leads(Member member) {
        return view.leader() != null && view.leader().name().equals(member.name());
    }

    private boolean follows() {
        return view.config() != null && view.config().standbyCluster();
    }

    private String role(Member member, boolean leads) {
        if (leads) {
            return follows() ? "Standby Leader" : "Leader";
        }
        ClusterConfig config = view.config();
        if (config == null || view.sync() == null || !view.sync().lists(member.name())) {
            return "Replica";
        }
        return switch (config.synchronous().mode()) {
            case OFF -> "Replica";
            case ON -> "Sync Standby";
            case QUORUM -> "Quorum Standby";
        };
    }

    /// Ports are shown where one is unusual, or two members share a host.
    private static boolean portsMatter(List<Member> members) {
        List<HostPort> hosts =
                members.stream()
                        .map(member -> HostPort.ofUrl(member.connUrl()))
                        .filter(Objects::nonNull)
                        .toList();
        Set<String> names = new HashSet<>();
        hosts.forEach(host -> names.add(host.host()));
        return names.size() < hosts.size()
                || hosts.stream()
                        .anyMatch(
                                host ->
                                        host.port() != 0
                                                && host.port() != DsnCommand.POSTGRES_PORT);
    }

    private String initialized() {
        return switch (view.initialization()) {
            case Initialization.Absent _ -> "uninitialized";
            case Initialization.InProgress _ -> "initializing";
            case Initialization.Done(var system) -> system.value();
        };
    }

    /// The leader first, below each member those that copy from it. A ring of members that name
    /// each other hangs on nothing and comes last.
    private List<Member> topology(List<Member> members, Map<String, String> shown) {
        List<Member> order = new ArrayList<>();
        List<Member> left = new ArrayList<>(members);
        for (Member member : members) {
            if (leads(member)) {
                order.add(member);
                left.remove(member);
                below(member.name().value(), 1, left, order, shown);
            }
        }
        Set<String> names = new HashSet<>();
        left.forEach(member -> names.add(member.name().value()));
        for (Member member : List.copyOf(left)) {
            if (left.contains(member) && !names.contains(source(member))) {
                left.remove(member);
                add(member, 1, order, shown);
                below(member.name().value(), 2, left, order, shown);
            }
        }
        left.forEach(member -> add(member, 1, order, shown));
        return order;
    }

    private void below(
            String parent,
            int level,
            List<Member> left,
            List<Member> order,
            Map<String, String> shown) {
        for (Member member : List.copyOf(left)) {
            String source = source(member);
            boolean known =
                    view.members().stream()
                            .anyMatch(o -> !leads(o) && o.name().value().equals(source));
            boolean hangsHere = known ? source.equals(parent) : level == 1;
            if (hangsHere && left.remove(member)) {
                add(member, level, order, shown);
                below(member.name().value(), level + 1, left, order, shown);
            }
        }
    }

    private static void add(
            Member member, int level, List<Member> order, Map<String, String> shown) {
        order.add(member);
        String name = member.name().value();
        shown.put(name, "  ".repeat(level - 1) + "+ " + name);
    }

    /// Whom it copies from by its tag; empty for the leader.
    private static String source(Member member) {
        Object source = member.tags().all().get("replicatefrom");
        return source == null || source.equals(member.name().value()) ? "" : source.toString();
    }

    private String below() {
        StringBuilder text = new StringBuilder();
        if (view.config() != null && view.config().pause()) {
            String note = view.config().pauseNote().text();
            text.append(" Maintenance mode: on").append(note.isEmpty() ? "" : ", " + note);
            text.append('\n');
        }
        FailoverRequest request = view.failover();
        if (request != null && request.scheduledAt() != null) {
            text.append(" Switchover scheduled at: ").append(request.scheduledAt()).append('\n');
            line(text, "from", request.leader());
            line(text, "to", request.candidate());
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String word, @Nullable String value) {
        if (value != null) {
            text.append(" ".repeat(24 - word.length())).append(word).append(": ");
            text.append(value).append('\n');
        }
    }
}
