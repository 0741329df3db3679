package io.tamada.rest.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.member.Member;
import io.tamada.core.wal.Lsn;
import io.tamada.rest.health.HealthFacts;
import io.tamada.rest.health.HealthVerdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The topology of the cluster: `/cluster`, in the shape of Patroni 4.
public final class ClusterDocument {

    private ClusterDocument() {}

    public static byte[] of(DocumentHeader header, Snapshot snapshot, ClusterView view) {
        return Json.bytes(
                json -> {
                    json.writeStartObject();
                    json.writeArrayFieldStart("members");
                    List<Member> members = new ArrayList<>(view.members());
                    members.sort(Comparator.comparing(Member::name));
                    for (Member member : members) {
                        member(json, snapshot, view, member);
                    }
                    json.writeEndArray();
                    if (snapshot.config().pause()) {
                        json.writeBooleanField("pause", true);
                    }
                    scheduledSwitchover(json, view.failover());
                    json.writeStringField("scope", header.scope());
                    TamadaPart.write(json, header, snapshot, null, HealthVerdict.HEALTHY);
                    json.writeEndObject();
                });
    }

    private static void member(
            JsonGenerator json, Snapshot snapshot, ClusterView view, Member member)
            throws IOException {
        boolean leads = view.leader() != null && view.leader().name().equals(member.name());
        String role = role(snapshot, member, leads);
        json.writeStartObject();
        json.writeStringField("name", member.name().value());
        json.writeStringField("role", role);
        json.writeStringField("state", state(member, role));
        json.writeStringField("api_url", member.apiUrl());
        HostPort address = HostPort.ofUrl(member.connUrl());
        if (address != null) {
            json.writeStringField("host", address.host());
            if (address.port() != 0) {
                json.writeNumberField("port", address.port());
            }
        }
        if (member.timeline() != null) {
            json.writeNumberField("timeline", member.timeline().id());
        }
        if (member.scheduledRestart() != null) {
            json.writeFieldName("scheduled_restart");
            json.writeRawValue(member.scheduledRestart());
        }
        if (member.pendingRestart()) {
            RestartPart.write(json, member.restart());
        }
        if (member.whyNot() != null) {
            json.writeStringField("why_not", member.whyNot());
        }
        Json.tags(json, member.tags());
        RejoinPart.write(json, member.rejoin());
        if (!leads) {
            Lsn leader = view.status().optime();
            position(json, "receive_", leader, member.receivedLocation());
            position(json, "replay_", leader, member.replayedLocation());
            position(json, "", leader, member.walLocation());
        }
        json.writeEndObject();
    }

    private static String role(Snapshot snapshot, Member member, boolean leads) {
        if (leads) {
            return snapshot.config().standbyCluster() ? "standby_leader" : "leader";
        }
        return switch (HealthFacts.syncRole(snapshot, member.name())) {
            case SYNC -> "sync_standby";
            case QUORUM -> "quorum_standby";
            case ASYNC -> "replica";
        };
    }

    /// A standby's replication state says more than that its server runs.
    private static String state(Member member, String role) {
        String replication = member.replicationState();
        return role.equals("leader") || replication == null || replication.isEmpty()
                ? PatroniWords.of(member.state())
                : replication;
    }

    /// A position and how many bytes it is behind the leader's last published one; `unknown`
    /// where the member has not published it.
    private static void position(
            JsonGenerator json, String prefix, Lsn leader, @Nullable Lsn position)
            throws IOException {
        if (position == null || position.equals(Lsn.ZERO)) {
            json.writeStringField(prefix + "lag", PatroniWords.UNKNOWN);
            json.writeStringField(prefix + "lsn", PatroniWords.UNKNOWN);
            return;
        }
        long lagBytes = position.isBefore(leader) ? leader.bytesSince(position) : 0;
        json.writeNumberField(prefix + "lag", lagBytes);
        json.writeStringField(prefix + "lsn", position.toString());
    }

    private static void scheduledSwitchover(JsonGenerator json, @Nullable FailoverRequest request)
            throws IOException {
        if (request == null || request.scheduledAt() == null) {
            return;
        }
        json.writeObjectFieldStart("scheduled_switchover");
        json.writeStringField("at", request.scheduledAt());
        if (request.leader() != null) {
            json.writeStringField("from", request.leader());
        }
        if (request.candidate() != null) {
            json.writeStringField("to", request.candidate());
        }
        json.writeEndObject();
    }
}
