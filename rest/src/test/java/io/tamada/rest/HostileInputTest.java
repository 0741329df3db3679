package io.tamada.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.port.ControlStore;
import io.tamada.core.postgres.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever is sent, the answer says that it is wrong, nothing changes, and health checks go on.
class HostileInputTest {

    private static final ControlStore.StoredConfig CONFIG =
            new ControlStore.StoredConfig("{\"ttl\":30}", 4);

    private static final int LARGE = 2 << 20;

    private final World world = new World();
    private int port;
    private RestServer server =
            new RestServer(world.settings(), world.api(), world.failsafe(), world.control());

    @BeforeEach
    void serve() {
        world.process = new ServerProcess.Answering(world.primaryStatus());
        world.primary();
        world.store.config = CONFIG;
        server.stop();
        server = new RestServer(world.settings(), world.api(), world.failsafe(), world.control());
        port = ((RestServer.Started.Listening) server.start()).port();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private void assertRefused(String method, String path, String body) throws IOException {
        Wire.Reply reply = Wire.command(port, method, path, body);
        assertThat(reply.status()).as("%s %s: %s", method, path, reply.body()).isBetween(400, 499);
        assertThat(reply.body()).doesNotContain("Exception", "\tat ", "java.");
        assertNothingHasChanged();
    }

    private void assertNothingHasChanged() {
        assertThat(world.store.requests).isEmpty();
        assertThat(world.store.config).isEqualTo(CONFIG);
        assertThat(world.orders.latest()).isNull();
        assertThat(world.reloads).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "null",
                "7",
                "\"text\"",
                "{\"leader\":\"node-a\"} {}",
                "{'leader':'node-a'}",
                "{\"leader\":\"node-a\",}",
                "\u0000\u0001\u0002",
                "<xml/>"
            })
    void aBodyThatIsNoJsonObject(String body) throws IOException {
        assertRefused("POST", "/switchover", body);
        assertRefused("POST", "/failover", body);
        assertRefused("PATCH", "/config", body);
        assertRefused("PUT", "/config", body);
        assertRefused("POST", "/restart", body);
        assertRefused("POST", "/reinitialize", body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    POST  | /switchover | {"leader":["node-a"]}
                    POST  | /switchover | {"leader":{"a":1}}
                    POST  | /switchover | {"leader":"node-a","candidate":[]}
                    POST  | /switchover | {"leader":"node-a","scheduled_at":{"a":1},"candidate":"nobody"}
                    POST  | /switchover | {"leader":"node-a","scheduled_at":"1999-01-01T00:00:00Z"}
                    POST  | /switchover | {"leader":"../../x"}
                    POST  | /failover   | {"candidate":"nobody"}
                    POST  | /failover   | {"candidate":7.5}
                    POST  | /restart    | {"schedule":"1999-01-01T00:00:00Z"}
                    POST  | /restart    | {"schedule":"soon"}
                    POST  | /restart    | {"schedule":[1]}
                    POST  | /restart    | {"timeout":"a while"}
                    POST  | /restart    | {"timeout":-5}
                    POST  | /restart    | {"role":"king"}
                    POST  | /restart    | {"postgres_version":"newest"}
                    """)
    void aWrongTypeOrAnUnknownNameOrATimeThatHasPassed(String method, String path, String body)
            throws IOException {
        assertRefused(method, path, body);
    }

    @Test
    void aHugeBodyIsNotRead() throws IOException {
        for (String path : List.of("/config", "/switchover", "/failsafe")) {
            try (Wire wire = new Wire(port)) {
                wire.send(
                        (path.equals("/config") ? "PATCH " : "POST ")
                                + path
                                + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                                + LARGE
                                + "\r\n\r\n{\"a\":\"");
                assertThat(wire.reply("POST").status()).isEqualTo(413);
            }
        }
        assertNothingHasChanged();
    }

    @Test
    void anAbyssOfBracketsIsRefusedAsAnythingElse() throws IOException {
        String deep = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);
        assertRefused("PATCH", "/config", deep);
        assertRefused("POST", "/switchover", deep);
    }

    @Test
    void healthChecksGoOnMeanwhile() throws Exception {
        List<Thread> attackers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            attackers.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int n = 0; n < 200; n++) {
                                            try {
                                                Wire.command(port, "PATCH", "/config", "{{{{");
                                                Wire.command(port, "POST", "/switchover", "[]");
                                            } catch (IOException _) {
                                                // Turned away, which is as good.
                                            }
                                        }
                                    }));
        }
        List<Long> millis = new ArrayList<>();
        try (Wire wire = new Wire(port)) {
            do {
                long began = System.nanoTime();
                assertThat(wire.request("GET", "/primary").status()).isEqualTo(200);
                millis.add((System.nanoTime() - began) / 1_000_000);
            } while (attackers.stream().anyMatch(Thread::isAlive));
        }
        millis.sort(null);
        assertThat(millis.get(millis.size() * 9 / 10)).as("nine of ten, in ms").isLessThan(100);
        assertNothingHasChanged();
    }
}
