package io.tamada.rest.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.fencing.FencingStatus.Mode;
import io.tamada.core.fencing.FencingStatus.Rung;
import io.tamada.core.fencing.FencingStatus.State;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.member.RejoinNote;
import io.tamada.core.member.RejoinRung;
import io.tamada.core.rejoin.Climb;
import io.tamada.core.rejoin.Progress;
import io.tamada.rest.World;
import io.tamada.rest.health.HealthFacts;
import io.tamada.rest.health.HealthVerdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StatusDocumentTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private final World world = new World();

    static StatusFacts facts(World world, long logQueueSize) {
        return new StatusFacts(
                new DocumentHeader("demo", new MemberName("node-a"), world.tags, "0.1.0", "4.1.3"),
                world.snapshots.latest(),
                world.probe.latest(),
                HealthFacts.recentStatus(world.probe.latest(), world.now),
                world.deadline.covers(world.now),
                1_767_323_045L,
                logQueueSize,
                5);
    }

    private JsonNode document() throws IOException {
        return JSON.readTree(StatusDocument.of(facts(world, 0), HealthVerdict.HEALTHY));
    }

    @Test
    void aScheduledRestartIsShownWithoutTheRunOfTheServerThatIsMeant() {
        byte[] shown =
                Json.bytes(
                        json -> {
                            json.writeStartObject();
                            RestartPart.planned(
                                    json, "{\"role\":\"replica\",\"postmaster_start_time\":\"x\"}");
                            json.writeEndObject();
                        });
        assertThat(new String(shown, StandardCharsets.UTF_8))
                .isEqualTo("{\"scheduled_restart\":{\"role\":\"replica\"}}");
    }

    @Test
    void aPrimaryReadsAsPatroniWritesIt() throws IOException {
        world.primary();
        JsonNode document = document();
        assertThat(document.get("state").textValue()).isEqualTo("running");
        assertThat(document.get("role").textValue()).isEqualTo("primary");
        assertThat(document.get("postmaster_start_time").textValue())
                .isEqualTo("2026-01-02 03:04:05.678901+00:00");
        assertThat(document.get("server_version").intValue()).isEqualTo(150_008);
        assertThat(document.get("timeline").intValue()).isEqualTo(3);
        assertThat(document.get("xlog").toString()).isEqualTo("{\"location\":50331984}");
        assertThat(document.get("replication").toString())
                .isEqualTo(
                        "[{\"usename\":\"replicator\",\"application_name\":\"node-b\","
                                + "\"client_addr\":\"10.1.0.12\",\"state\":\"streaming\","
                                + "\"sync_state\":\"async\",\"sync_priority\":0}]");
        assertThat(document.get("dcs_last_seen").longValue()).isEqualTo(1_767_323_045L);
        assertThat(document.get("database_system_identifier").textValue())
                .isEqualTo(World.SYSTEM.value());
        assertThat(document.get("patroni").toString())
                .isEqualTo("{\"version\":\"4.1.3\",\"scope\":\"demo\",\"name\":\"node-a\"}");
        assertThat(document.has("cluster_unlocked")).isFalse();
        assertThat(document.has("pause")).isFalse();
        assertThat(document.has("tags")).isFalse();
        assertThat(document.has("pending_restart")).isFalse();
        assertThat(document.has("logger_queue_size")).isFalse();
    }

    @Test
    void aStandbyTellsWhatItReceivedAndReplayed() throws IOException {
        world.standby();
        JsonNode document = document();
        assertThat(document.get("role").textValue()).isEqualTo("replica");
        assertThat(document.get("replication_state").textValue()).isEqualTo("streaming");
        assertThat(document.get("xlog").toString())
                .isEqualTo(
                        "{\"received_location\":50331984,\"replayed_location\":50331984,"
                                + "\"replayed_timestamp\":\"2026-01-02 03:05:00.5+00:00\","
                                + "\"paused\":false}");
    }

    @Test
    void aStandbyThatReplaysItsOwnWalTellsNoPositionThatCouldPassForAVote() throws IOException {
        world.replaysOwn = true;
        world.standby();
        assertThat(document().get("tamada").get("replays_own_wal").toString())
                .isEqualTo("{\"reached\":50331984}");
        assertThat(document().has("xlog")).as("nobody votes").isTrue();
        world.synchronousMode = SynchronousMode.QUORUM;
        world.standby();
        assertThat(document().has("xlog")).isFalse();
        assertThat(document().get("state").textValue()).isEqualTo("running");
        world.replaysOwn = false;
        world.standby();
        assertThat(document().has("xlog")).isTrue();
        assertThat(document().get("tamada").has("replays_own_wal")).isFalse();
    }

    @Test
    void aListedStandbySaysInWhichWay() throws IOException {
        world.sync = new SyncState("node-b", List.of("node-a"), 0);
        world.synchronousMode = SynchronousMode.ON;
        world.standby();
        assertThat(document().get("sync_standby").booleanValue()).isTrue();
        world.synchronousMode = SynchronousMode.QUORUM;
        world.standby();
        assertThat(document().has("sync_standby")).isFalse();
        assertThat(document().get("quorum_standby").booleanValue()).isTrue();
    }

    @Test
    void aRunningServerThatDoesNotAnswerIsUnknownAndTellsNoPosition() throws IOException {
        world.primary();
        world.pass(Duration.ofSeconds(3));
        JsonNode document = document();
        assertThat(document.get("state").textValue()).isEqualTo("unknown");
        assertThat(document.has("xlog")).isFalse();
        world.silent(MemberState.STOPPED);
        assertThat(document().get("state").textValue()).isEqualTo("stopped");
        assertThat(document().get("role").textValue()).isEqualTo("replica");
    }

    @Test
    void beforeAnythingIsKnownTheStateIsStarting() throws IOException {
        JsonNode document =
                JSON.readTree(StatusDocument.of(facts(world, 0), HealthVerdict.STARTING));
        assertThat(document.get("state").textValue()).isEqualTo("starting");
        assertThat(document.get("role").textValue()).isEqualTo("uninitialized");
        assertThat(document.get("cluster_unlocked").booleanValue()).isTrue();
        assertThat(document.at("/tamada/unhealthy").textValue())
                .isEqualTo(HealthVerdict.STARTING.sentence());
    }

    @Test
    void howTheMemberIsFencedIsTold() throws IOException {
        world.primary();
        assertThat(document().at("/tamada/guard").toString())
                .isEqualTo("{\"mode\":\"off\",\"state\":\"off\"}");
        world.fencing =
                new FencingStatus(
                        new Rung(Mode.AUTOMATIC, State.FIRED, null, null, 7, 1),
                        Rung.unavailable(Mode.AUTOMATIC, "no device", world.now));
        world.publish();
        assertThat(document().at("/tamada/guard").toString())
                .isEqualTo(
                        "{\"mode\":\"automatic\",\"state\":\"fired\",\"kills\":7,\"repairs\":1}");
        assertThat(document().at("/tamada/watchdog/reason").textValue()).isEqualTo("no device");
        assertThat(document().has("watchdog_failed")).isFalse();
    }

    @Test
    void aMemberThatMayNotLeadForWantOfFencingSaysSoInPatronisWord() throws IOException {
        world.fencing =
                new FencingStatus(
                        Rung.unavailable(Mode.REQUIRED, "it does not start", world.now), Rung.OFF);
        world.standby();
        assertThat(document().get("watchdog_failed").booleanValue()).isTrue();
    }

    @Test
    void tagsPauseAndTheLogQueueAreToldWhenThereIsSomethingToTell() throws IOException {
        TreeMap<String, Object> tags = new TreeMap<>();
        tags.put("nofailover", true);
        tags.put("rank", 7L);
        tags.put("zone", "north");
        world.tags = new MemberTags(tags);
        world.pause = true;
        world.leader = null;
        world.whyNot = "nofailover is set";
        world.publish();
        JsonNode document =
                JSON.readTree(StatusDocument.of(facts(world, 3), HealthVerdict.HEALTHY));
        assertThat(document.get("tags").toString())
                .isEqualTo("{\"nofailover\":true,\"rank\":7,\"zone\":\"north\"}");
        assertThat(document.get("pause").booleanValue()).isTrue();
        assertThat(document.get("cluster_unlocked").booleanValue()).isTrue();
        assertThat(document.get("logger_queue_size").intValue()).isEqualTo(3);
        assertThat(document.get("logger_records_lost").intValue()).isEqualTo(5);
        assertThat(document.at("/tamada/why_not").textValue()).isEqualTo("nofailover is set");
        assertThat(document.at("/tamada/rule/code").textValue()).isEqualTo("F810");
        assertThat(document.at("/tamada/rule/because").textValue()).isEqualTo("node-b leads");
    }

    @Test
    void theWayBackIsToldWithItsReasonAndHowLongNothingHasMoved() throws IOException {
        world.publish();
        assertThat(document().at("/tamada/rejoin").isMissingNode()).isTrue();
        world.climb =
                Climb.NONE
                        .withProgress(
                                new Progress("a rewind", 1, world.now.minus(Duration.ofSeconds(7))),
                                null)
                        .withNote(new RejoinNote(RejoinRung.REWIND, 2, "it was refused"));
        world.publish();
        assertThat(document().at("/tamada/rejoin").toString())
                .isEqualTo(
                        "{\"rung\":\"rewind\",\"attempt\":2,\"reason\":\"it was refused\","
                                + "\"unchanged_seconds\":7}");
    }
}
