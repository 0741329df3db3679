package io.tamada.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.port.ControlStore;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Commands that lie in the socket of an agent that does not run, or has no processor.
@Timeout(60)
class GivenUpCommandsTest {

    private final World world = new World();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private RestServer server =
            new RestServer(world.settings(), world.api(), world.failsafe(), world.control());
    private int port;

    @BeforeEach
    void serve() {
        world.primary();
        world.store.config = new ControlStore.StoredConfig("{\"ttl\":30}", 4);
        port = ((RestServer.Started.Listening) server.start()).port();
    }

    @AfterEach
    void stop() {
        goOn.countDown();
        server.stop();
    }

    /// From here the server reads nothing until it may go on.
    private Wire stall() throws Exception {
        world.whenEventsAreRead =
                () -> {
                    stalled.countDown();
                    try {
                        assertThat(goOn.await(50, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                };
        Wire stalling = new Wire(port);
        stalling.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(stalled.await(20, TimeUnit.SECONDS)).isTrue();
        return stalling;
    }

    @Test
    void aCommandWhoseClientHasGoneIsNotCarriedOutLater() throws Exception {
        try (Wire stalling = stall();
                Wire waiting = new Wire(port)) {
            try (Wire gone = new Wire(port)) {
                gone.send("POST /reload HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
            }
            String patch = "{\"loop_wait\":5}";
            waiting.send(
                    "PATCH /config HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(patch.length(), patch));
            goOn.countDown();
            assertThat(stalling.reply("GET").status()).isEqualTo(200);
            // Takes a second: the loop, which would see the change, does not run.
            assertThat(waiting.reply("PATCH").status()).isEqualTo(200);
        }
        assertThat(world.reloads).isZero();
        assertThat(Wire.command(port, "POST", "/reload", "{}").status()).isEqualTo(202);
        assertThat(world.reloads).isEqualTo(1);
    }
}
