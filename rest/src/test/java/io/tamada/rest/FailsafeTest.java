package io.tamada.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.failsafe.FailsafeAnswer;
import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.failsafe.FailsafeBoard.Promise;
import io.tamada.core.failsafe.FailsafeCall;
import io.tamada.core.member.MemberName;
import io.tamada.core.wal.Lsn;
import io.tamada.rest.peer.HttpFailsafePeers;
import io.tamada.rest.peer.PeerTls;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Both sides of `POST /failsafe`, over the wire.
class FailsafeTest {

    private static final Duration TTL = Duration.ofSeconds(20);
    private static final MemberName B = new MemberName("node-b");
    private static final FailsafeCall CALL =
            new FailsafeCall(
                    B,
                    "postgres://127.0.0.1:5432/postgres",
                    "http://127.0.0.1:8008/patroni",
                    new TreeMap<>(Map.of("node_a", new Lsn(4096))));

    private final World world = new World();
    private @Nullable RestServer server;
    private RestSettings.@Nullable Login known;

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop();
        }
    }

    private int serve() {
        server = new RestServer(world.settings(), world.api(), world.failsafe(), world.control());
        return ((RestServer.Started.Listening) server.start()).port();
    }

    /// A standby that consents to whoever asks from the loopback.
    private int standby() {
        world.standby();
        world.consent.observed(false);
        world.consent.update(terms("http://127.0.0.1:8008/patroni"));
        return serve();
    }

    private static FailsafeBoard.Terms terms(String url) {
        return new FailsafeBoard.Terms(TTL, null, new TreeMap<>(Map.of("node-b", url)));
    }

    private FailsafeAnswer ask(int port) {
        SortedMap<String, String> members = new TreeMap<>();
        members.put("node-a", "http://127.0.0.1:" + port + "/patroni");
        List<FailsafeAnswer> answers =
                new HttpFailsafePeers(PeerTls.UNVERIFIED, () -> known)
                        .ask(CALL, members, Duration.ofSeconds(20));
        return answers.getFirst();
    }

    private String refusal(int port) {
        return ask(port) instanceof FailsafeAnswer.Missing(String _, String reason)
                ? reason
                : "it consents";
    }

    @Test
    void aStandbyConsentsInPatronisWords() throws IOException {
        int port = standby();
        try (Wire wire = new Wire(port)) {
            String body = "{\"name\":\"node-b\",\"slots\":{}}";
            wire.send(
                    "POST /failsafe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            + "Content-Length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body);
            Wire.Reply reply = wire.reply("POST");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).isEqualTo("Accepted");
            assertThat(reply.head()).contains("content-type: text/html");
            assertThat(reply.head()).contains("\r\nlsn: " + World.LEADER_LSN.value() + "\r\n");
        }
        assertThat(world.consent.promise(world.now)).isEqualTo(new Promise(B, world.now.plus(TTL)));
        assertThat(world.consents).isEqualTo(1);
    }

    @Test
    void theAskerHearsForHowLongAndHowFarTheDataReach() {
        assertThat(ask(standby()))
                .isEqualTo(new FailsafeAnswer.Accepted("node-a", TTL, World.LEADER_LSN));
    }

    @Test
    void aPrimaryAndOneThatTriesToLeadRefuse() {
        int port = standby();
        assertThat(world.consent.claim(world.now)).isTrue();
        assertThat(refusal(port)).isEqualTo("HTTP status 500: Running as a leader");
        world.consent.unclaim();
        world.primary();
        assertThat(refusal(port)).isEqualTo("HTTP status 500: Running as a leader");
    }

    @Test
    void withoutTheModeTheAnswerIs502() {
        int port = standby();
        world.consent.update(
                new FailsafeBoard.Terms(null, null, terms("http://127.0.0.1/").known()));
        assertThat(refusal(port)).startsWith("HTTP status 502");
        world.primary();
        assertThat(refusal(port)).as("whoever is asked").startsWith("HTTP status 502");
    }

    @Test
    void whoIsNotAtAMembersAddressIsTurnedAway() {
        int port = standby();
        world.consent.update(terms("http://10.1.0.12:8008/patroni"));
        assertThat(refusal(port)).startsWith("HTTP status 403").contains("127.0.0.1");
        assertThat(world.consent.promise(world.now)).isNull();
        world.consent.update(terms("http://localhost:8008/patroni"));
        assertThat(ask(port)).isInstanceOf(FailsafeAnswer.Accepted.class);
    }

    @Test
    void whereALoginIsAskedForItDecides() {
        world.login = new RestSettings.Login("admin", "secret");
        int port = standby();
        world.consent.update(terms("http://10.1.0.12:8008/patroni"));
        assertThat(refusal(port)).startsWith("HTTP status 401");
        known = new RestSettings.Login("admin", "wrong");
        assertThat(refusal(port)).startsWith("HTTP status 401");
        known = world.login;
        assertThat(ask(port)).isInstanceOf(FailsafeAnswer.Accepted.class);
    }

    @Test
    void aBodyWithoutANameIsMalformed() throws IOException {
        int port = standby();
        assertThat(Wire.once(port, "POST", "/failsafe").status()).isEqualTo(400);
    }

    @Test
    void whoDoesNotAnswerHasNotConsented() {
        int port = standby();
        if (server != null) {
            server.stop();
        }
        assertThat(ask(port)).isInstanceOf(FailsafeAnswer.Missing.class);
    }
}
