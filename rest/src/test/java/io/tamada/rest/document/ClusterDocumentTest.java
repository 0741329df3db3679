package io.tamada.rest.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.PauseNote;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.ClientGate;
import io.tamada.core.postgres.ServerProcess;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.rest.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ClusterDocumentTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private final World world = new World();

    private JsonNode document() throws IOException {
        world.publish();
        DocumentHeader header =
                new DocumentHeader("demo", new MemberName("node-a"), world.tags, "0.1.0", "4.1.3");
        return JSON.readTree(
                ClusterDocument.of(
                        header, Objects.requireNonNull(world.snapshots.latest()), world.view()));
    }

    @Test
    void aPauseIsShownWithItsReasonAndItsEnd() throws IOException {
        world.pause = true;
        assertThat(document().at("/tamada").has("pause")).isFalse();
        world.pauseNote = new PauseNote("a new kernel", "2026-08-01T06:00:00+02:00");
        JsonNode document = document();
        assertThat(document.at("/pause").booleanValue()).isTrue();
        assertThat(document.at("/tamada/pause").toString())
                .isEqualTo("{\"reason\":\"a new kernel\",\"until\":\"2026-08-01T06:00:00+02:00\"}");
    }

    @Test
    void membersAreSortedAndReadAsPatroniWritesThem() throws IOException {
        JsonNode document = document();
        assertThat(document.at("/members/0").toString())
                .isEqualTo(
                        "{\"name\":\"node-a\",\"role\":\"leader\",\"state\":\"running\","
                                + "\"api_url\":\"http://10.1.0.11:8008/patroni\","
                                + "\"host\":\"10.1.0.11\",\"port\":5432,\"timeline\":3}");
        assertThat(document.at("/members/1").toString())
                .isEqualTo(
                        "{\"name\":\"node-b\",\"role\":\"replica\",\"state\":\"streaming\","
                                + "\"api_url\":\"http://10.1.0.12:8008/patroni\","
                                + "\"host\":\"10.1.0.12\",\"port\":5432,\"timeline\":3,"
                                + "\"receive_lag\":1000,\"receive_lsn\":\"0/2FFFD68\","
                                + "\"replay_lag\":2000,\"replay_lsn\":\"0/2FFF980\","
                                + "\"lag\":1000,\"lsn\":\"0/2FFFD68\"}");
        assertThat(document.get("scope").textValue()).isEqualTo("demo");
        assertThat(document.has("pause")).isFalse();
        assertThat(document.has("scheduled_switchover")).isFalse();
        assertThat(document.at("/tamada/rule/sentence").textValue())
                .isEqualTo("following the leader");
    }

    @Test
    void withoutALeaderEveryoneIsAReplicaAndAPrimaryWithoutReceivedPositionIsUnknownThere()
            throws IOException {
        world.leader = null;
        JsonNode member = document().at("/members/0");
        assertThat(member.get("role").textValue()).isEqualTo("replica");
        assertThat(member.get("receive_lag").textValue()).isEqualTo("unknown");
        assertThat(member.get("lag").intValue()).isZero();
    }

    @Test
    void synchronousMembersAndStandbyLeadersHaveRolesOfTheirOwn() throws IOException {
        world.sync = new SyncState("node-a", List.of("node-b"), 0);
        world.synchronousMode = SynchronousMode.ON;
        assertThat(document().at("/members/1/role").textValue()).isEqualTo("sync_standby");
        world.synchronousMode = SynchronousMode.QUORUM;
        assertThat(document().at("/members/1/role").textValue()).isEqualTo("quorum_standby");
        world.standbyCluster = true;
        assertThat(document().at("/members/0/role").textValue()).isEqualTo("standby_leader");
    }

    @Test
    void theLagOfEachStandbyIsToldInBytesAndSeconds() throws IOException {
        world.lag =
                new ServerStatus.Lag(
                        Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofMillis(1500));
        world.synchronous = new ServerStatus.Synchronous("node-b", ClientGate.SHUT, true);
        world.process = new ServerProcess.Answering(world.primaryStatus());
        JsonNode part = document().get("tamada");
        assertThat(part.get("client_gate_shut").booleanValue()).isTrue();
        JsonNode standby = part.at("/replication/0");
        assertThat(standby.get("application_name").textValue()).isEqualTo("node-b");
        assertThat(standby.get("flush_lag_bytes").intValue()).isZero();
        assertThat(standby.get("replay_lag_bytes").intValue()).isEqualTo(4096);
        assertThat(standby.get("flush_lag_seconds").doubleValue()).isEqualTo(0.02);
        assertThat(standby.get("replay_lag_seconds").doubleValue()).isEqualTo(1.5);
    }

    @Test
    void pauseAndAScheduledSwitchoverAreTold() throws IOException {
        world.pause = true;
        world.failover =
                new FailoverRequest("node-a", "node-b", "2026-02-03T04:05:06+00:00", null, 6);
        JsonNode document = document();
        assertThat(document.get("pause").booleanValue()).isTrue();
        assertThat(document.get("scheduled_switchover").toString())
                .isEqualTo(
                        "{\"at\":\"2026-02-03T04:05:06+00:00\",\"from\":\"node-a\","
                                + "\"to\":\"node-b\"}");
        world.failover = new FailoverRequest(null, "node-b", null, null, 6);
        assertThat(document().has("scheduled_switchover")).isFalse();
    }

    @Test
    void historyLeavesOutWhatIsNotKnown() {
        assertThat(
                        new String(
                                SmallDocuments.history(world.view().history()),
                                StandardCharsets.UTF_8))
                .isEqualTo(
                        "[[1,25000000,\"no recovery target specified\","
                                + "\"2026-01-02T03:04:05+00:00\",\"node-b\"],[2,30000000,\"odd\"]]");
    }

    @Test
    void hostsAndPortsAreFoundInEveryKindOfUrl() {
        assertThat(HostPort.ofUrl("postgres://u:p@db_1:5433/postgres?x=1"))
                .isEqualTo(new HostPort("db_1", 5433));
        assertThat(HostPort.ofUrl("http://[fd00::1]:8008/patroni"))
                .isEqualTo(new HostPort("fd00::1", 8008));
        assertThat(HostPort.ofUrl("http://[fd00::1]/")).isEqualTo(new HostPort("fd00::1", 0));
        assertThat(HostPort.ofUrl("https://host")).isEqualTo(new HostPort("host", 0));
        assertThat(HostPort.ofUrl("nonsense")).isNull();
        assertThat(HostPort.ofUrl("http://:80/")).isNull();
        assertThat(HostPort.ofUrl("http://h:99999/")).isNull();
    }
}
