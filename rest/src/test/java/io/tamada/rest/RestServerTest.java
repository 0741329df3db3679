package io.tamada.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ProbeBoard.Reading;
import io.tamada.core.wal.Lsn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestServerTest {

    private static final World WORLD = new World();
    private static final RestServer SERVER =
            new RestServer(WORLD.settings(), WORLD.api(), WORLD.failsafe(), WORLD.control());
    private static int port;

    @BeforeAll
    static void start() {
        port = ((RestServer.Started.Listening) SERVER.start()).port();
    }

    @AfterAll
    static void stop() {
        SERVER.stop();
    }

    @BeforeEach
    void primary() {
        WORLD.configKnown = true;
        WORLD.failsafeMode = false;
        WORLD.probe.onDemand(() -> {});
        WORLD.primary();
    }

    @Test
    void oneConnectionAnswersManyRequests() throws IOException {
        try (Wire wire = new Wire(port)) {
            for (int i = 0; i < 3; i++) {
                Wire.Reply reply = wire.request("GET", "/primary");
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.head()).contains("content-type: application/json");
                assertThat(reply.head()).contains("x-site: north");
                assertThat(reply.body()).contains("\"role\":\"primary\"");
            }
            assertThat(wire.request("GET", "/replica").status()).isEqualTo(503);
            assertThat(wire.request("HEAD", "/primary").status()).isEqualTo(200);
            Wire.Reply options = wire.request("OPTIONS", "/primary");
            assertThat(options.status()).isEqualTo(200);
            assertThat(options.body()).isEmpty();
            assertThat(wire.request("POST", "/switchover").status()).isEqualTo(411);
            assertThat(wire.request("GET", "/primary").status()).isEqualTo(200);
        }
    }

    @Test
    void theEventsOfThisNodeAreShownTheNewestLastAndNoMoreThanWanted() throws IOException {
        WORLD.events.clear();
        try (Wire wire = new Wire(port)) {
            assertThat(wire.request("GET", "/events").body()).isEqualTo("[]");
            for (int i = 1; i <= 150; i++) {
                WORLD.events.add("{\"seq\":" + i + "}");
            }
            assertThat(wire.request("GET", "/events?limit=2").body())
                    .isEqualTo("[{\"seq\":149},\n{\"seq\":150}]");
            assertThat(wire.request("GET", "/events").body().lines()).hasSize(100);
            for (String limit : new String[] {"x", "-1", "1e3", "99999999999999999999"}) {
                assertThat(wire.request("GET", "/events?limit=" + limit).status()).isEqualTo(400);
            }
            assertThat(wire.request("POST", "/events").status()).isEqualTo(405);
        }
    }

    @Test
    void whyThisMemberDoesWhatItDoesAndWhoHasLedIsShown() throws IOException {
        WORLD.terms =
                List.of(
                        new LeaderTerm(
                                new MemberName("node-b"),
                                7,
                                2,
                                new LeaderTerm.Turn("2026-01-01T00:00:00.000Z", "E710", "s", ""),
                                new LeaderTerm.Turn("2026-01-02T00:00:00.000Z", "R540", "t", "u")));
        try (Wire wire = new Wire(port)) {
            Wire.Reply reply = wire.request("GET", "/why");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body())
                    .contains(
                            "\"member\":\"node-a\"",
                            "\"time\":\"2026-01-02T03:04:05Z\"",
                            "\"decision\":{\"rule\":\"F810\",\"sentence\":\"following the leader\"",
                            "\"since\":\"2026-01-02T03:00:00Z\"",
                            "\"leads\":false,\"leader\":\"node-a\"",
                            "\"leaders\":[{\"leader\":\"node-b\",\"timeline\":2,\"began\":",
                            "\"ended\":{\"at\":\"2026-01-02T00:00:00.000Z\",\"rule\":\"R540\","
                                    + "\"sentence\":\"t\",\"because\":\"u\"}");
        }
    }

    @Test
    void requestsThatAreSentAheadAreAnsweredInOrder() throws IOException {
        try (Wire wire = new Wire(port)) {
            String host = " HTTP/1.1\r\nHost: x\r\n\r\n";
            wire.send("GET /primary" + host + "OPTIONS /replica" + host + "GET /nothing" + host);
            assertThat(wire.reply("GET").status()).isEqualTo(200);
            assertThat(wire.reply("OPTIONS").status()).isEqualTo(503);
            assertThat(wire.reply("GET").status()).isEqualTo(404);
        }
    }

    private static String askedBy(String agent) throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.send("GET /patroni HTTP/1.1\r\nHost: x\r\nUser-Agent: " + agent + "\r\n\r\n");
            String body = wire.reply("GET").body();
            assertThat(wire.request("GET", "/health").status()).isEqualTo(200);
            return body;
        }
    }

    /// In a race the position of a second ago may lack what only this member has.
    @ParameterizedTest
    @ValueSource(strings = {"Patroni/4.0.4 Python/3.11.2 Linux", "Tamada/0.1"})
    void anAgentIsToldWhatTheServerSaysAfterItWasAsked(String agent) throws IOException {
        Lsn before = WORLD.received;
        Lsn later = new Lsn(before.value() + 4096);
        WORLD.standby();
        WORLD.pass(Duration.ofMillis(500));
        WORLD.probe.onDemand(
                () -> {
                    WORLD.received = later;
                    WORLD.standby();
                });
        assertThat(askedBy("curl/8.5")).contains("\"received_location\":" + before.value());
        assertThat(askedBy(agent)).contains("\"received_location\":" + later.value());
        WORLD.received = before;
    }

    @Test
    void anAgentIsToldNoPositionThatWasReadBeforeItAsked() throws IOException {
        WORLD.standby();
        WORLD.pass(Duration.ofMillis(500));
        WORLD.probe.onDemand(() -> WORLD.pass(Duration.ofSeconds(1)));
        assertThat(askedBy("Tamada/0.1")).doesNotContain("location");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void aCheckInTheOldProtocolIsAnsweredAndTheConnectionClosed(String method) throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.send(method + " /primary HTTP/1.0\r\n\r\n");
            Wire.Reply reply = wire.reply(method);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.head()).contains("connection: close");
            assertThat(wire.isClosedByServer()).isTrue();
        }
    }

    @Test
    void theOldProtocolMayAskToKeepTheConnection() throws IOException {
        try (Wire wire = new Wire(port)) {
            for (int i = 0; i < 2; i++) {
                wire.send("GET /primary HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                assertThat(wire.reply("GET").head()).contains("connection: keep-alive");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/, 200",
        "/primary, 200",
        "/primary/, 200",
        "/read-write, 200",
        "/master, 200",
        "/leader, 200",
        "/standby-leader, 503",
        "/standby_leader, 503",
        "/replica, 503",
        "/read-only, 200",
        "/sync, 503",
        "/synchronous, 503",
        "/read-only-sync, 200",
        "/read-only-synchronous, 200",
        "/quorum, 503",
        "/read-only-quorum, 200",
        "/async, 503",
        "/asynchronous, 503",
        "/health, 200",
        "/liveness, 200",
        "/readiness, 200",
        "/patroni, 200",
        "/cluster, 200",
        "/history, 200",
        "/config, 200",
        "/metrics, 200",
        "/failsafe, 502",
        "/x-primary-y, 404",
        "/primary?x=%zz, 400",
        "/switchover, 405"
    })
    void everyPathOfTheContractAnswersOnAPrimary(String path, int status) throws IOException {
        assertThat(Wire.once(port, "GET", path).status()).isEqualTo(status);
    }

    @Test
    void theLeaseIsLookedAtWhenTheRequestArrives() throws IOException {
        assertThat(Wire.once(port, "OPTIONS", "/primary").status()).isEqualTo(200);
        WORLD.pass(Duration.ofSeconds(30));
        WORLD.probe.publish(new Reading(WORLD.primaryStatus(), WORLD.now, MemberState.RUNNING));
        assertThat(Wire.once(port, "OPTIONS", "/primary").status()).isEqualTo(503);
        assertThat(Wire.once(port, "GET", "/primary").body())
                .contains("does not hold the leader key, or its lease has run out");
    }

    @Test
    void bodiesFollowTheSnapshotAndTheProbe() throws IOException {
        assertThat(Wire.once(port, "GET", "/patroni").body()).contains("\"role\":\"primary\"");
        WORLD.standby();
        assertThat(Wire.once(port, "GET", "/patroni").body()).contains("\"role\":\"replica\"");
        WORLD.pass(Duration.ofSeconds(2));
        assertThat(Wire.once(port, "GET", "/patroni").body()).contains("\"state\":\"unknown\"");
    }

    @Test
    void theConfigurationIsShownAsItIsStored() throws IOException {
        assertThat(Wire.once(port, "GET", "/config").body())
                .isEqualTo("{\"ttl\":30,\"postgresql\":{\"use_pg_rewind\":true}}");
        WORLD.configKnown = false;
        WORLD.publish();
        assertThat(Wire.once(port, "GET", "/config").status()).isEqualTo(502);
    }

    @Test
    void theFailsafeMembersAreShownWhileTheModeIsOn() throws IOException {
        WORLD.failsafeMode = true;
        WORLD.publish();
        assertThat(Wire.once(port, "GET", "/failsafe").body())
                .isEqualTo("{\"node-a\":\"http://10.1.0.11:8008/patroni\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /nothing, 404",
        "PUT, /primary, 405",
        "DELETE, /cluster, 405",
        "PATCH, /switchover, 405",
        "POST, /config, 405",
        "TRACE, /primary, 405"
    })
    void whatHasNoPlaceIsRefusedInWords(String method, String path, int status) throws IOException {
        Wire.Reply reply = Wire.once(port, method, path);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.head()).contains("content-type: application/json");
        assertThat(reply.head()).contains("x-site: north");
        assertThat(reply.body()).startsWith("{\"error\":\"");
        assertThat(reply.head().contains("\r\nallow: ")).isEqualTo(status == 405);
    }

    @Test
    void aCommandWithABodyOfAnyTypeGetsItsAnswer() throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.send(
                    "POST /switchover HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                            + "Content-Type: application/x-www-form-urlencoded\r\n\r\n{}");
            assertThat(wire.reply("POST").status()).isEqualTo(400);
            assertThat(wire.request("GET", "/primary").status()).isEqualTo(200);
        }
    }

    @Test
    void aReadWithABodyIsAnsweredAndTheBodyIgnored() throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.send("GET /primary HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(wire.reply("GET").status()).isEqualTo(200);
            assertThat(wire.request("GET", "/primary").status()).isEqualTo(200);
        }
    }

    @Test
    void whatIsTooLargeIsRefusedAndTheConnectionClosed() throws IOException {
        refused("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414);
        refused("GET /primary HTTP/1.1\r\nX-Long: " + "a".repeat(10_000) + "\r\n\r\n", 431);
        refused("POST /switchover HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n", 413);
        refused("nonsense\r\n\r\n", 400);
    }

    private static void refused(String request, int status) throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.send(request);
            assertThat(wire.reply("GET").status()).isEqualTo(status);
            assertThat(wire.isClosedByServer()).isTrue();
        }
    }

    @Test
    void anEndlessBodyOnAReadEndsTheConnection() throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.send("GET /primary HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n");
            assertThat(wire.reply("GET").status()).isEqualTo(200);
            wire.send("x".repeat(70_000));
            assertThat(wire.isClosedByServer()).isTrue();
        }
    }

    @Test
    void beforeTheFirstRoundTheAgentIsAliveAndNothingElse() throws IOException {
        World fresh = new World();
        RestServer server =
                new RestServer(fresh.settings(), fresh.api(), fresh.failsafe(), fresh.control());
        int freshPort = ((RestServer.Started.Listening) server.start()).port();
        try {
            Wire.Reply health = Wire.once(freshPort, "GET", "/health");
            assertThat(health.status()).isEqualTo(503);
            assertThat(health.body()).startsWith("{\"state\":\"starting\"");
            assertThat(Wire.once(freshPort, "GET", "/liveness").status()).isEqualTo(200);
            assertThat(Wire.once(freshPort, "GET", "/patroni").status()).isEqualTo(200);
            assertThat(Wire.once(freshPort, "GET", "/cluster").status()).isEqualTo(503);
            assertThat(Wire.once(freshPort, "GET", "/config").status()).isEqualTo(502);
        } finally {
            server.stop();
        }
    }

    @Test
    void aPortInUseIsOneLineAndNoException() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            RestSettings settings = new SettingsBuilder(WORLD).port(taken.getLocalPort()).build();
            assertThat(
                            new RestServer(settings, WORLD.api(), WORLD.failsafe(), WORLD.control())
                                    .start())
                    .isEqualTo(
                            new RestServer.Started.Refused(
                                    "listen address 127.0.0.1:"
                                            + taken.getLocalPort()
                                            + " is in use (restapi.listen)"));
        }
    }

    @RepeatedTest(20)
    void aStoppedServerGivesItsPortBack() throws IOException {
        RestServer first =
                new RestServer(WORLD.settings(), WORLD.api(), WORLD.failsafe(), WORLD.control());
        int port = ((RestServer.Started.Listening) first.start()).port();
        first.stop();
        first.stop();
        RestSettings settings = new SettingsBuilder(WORLD).port(port).build();
        RestServer second =
                new RestServer(settings, WORLD.api(), WORLD.failsafe(), WORLD.control());
        assertThat(second.start()).isEqualTo(new RestServer.Started.Listening(port));
        assertThat(Wire.once(port, "GET", "/primary").status()).isEqualTo(200);
        second.stop();
    }
}
