package io.tamada.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.rest.http.ConnectionLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlowClientsTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    private final World world = new World().primary();
    private final List<AutoCloseable> clients = new ArrayList<>();
    private RestServer server =
            new RestServer(world.settings(), world.api(), world.failsafe(), world.control());

    private int start(ConnectionLimits limits) {
        server =
                new RestServer(
                        world.settings(), limits, world.api(), world.failsafe(), world.control());
        return ((RestServer.Started.Listening) server.start()).port();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        for (AutoCloseable client : clients) {
            client.close();
        }
    }

    private SocketChannel silent(int port) throws IOException {
        SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        clients.add(channel);
        return channel;
    }

    /// How long a usual health check takes, each on a connection of its own, in milliseconds.
    private static long usualCheckMillis(int port) throws IOException {
        List<Long> tookMillis = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            long before = System.nanoTime();
            assertThat(Wire.once(port, "OPTIONS", "/primary").status()).isEqualTo(200);
            tookMillis.add((System.nanoTime() - before) / 1_000_000);
        }
        tookMillis.sort(null);
        return tookMillis.get(tookMillis.size() / 2);
    }

    @Test
    void thousandsOfSilentConnectionsDoNotKeepHealthChecksOut() throws IOException {
        int port = start(new ConnectionLimits(1000, LONG, LONG, LONG));
        SocketChannel first = silent(port);
        for (int i = 0; i < 3000; i++) {
            silent(port);
        }
        // The first check queues behind them at the door; it is answered all the same.
        assertThat(Wire.once(port, "OPTIONS", "/primary").status()).isEqualTo(200);
        assertThat(usualCheckMillis(port)).isLessThan(100);
        assertThat(first.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void aConnectionThatIsUsedOutlivesTheSilentOnes() throws IOException {
        int port = start(new ConnectionLimits(50, LONG, LONG, LONG));
        try (Wire used = new Wire(port)) {
            assertThat(used.request("GET", "/primary").status()).isEqualTo(200);
            for (int i = 0; i < 300; i++) {
                silent(port);
            }
            assertThat(Wire.once(port, "GET", "/primary").status()).isEqualTo(200);
            assertThat(used.request("GET", "/primary").status()).isEqualTo(200);
        }
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() throws IOException {
        int port = start(new ConnectionLimits(100, Duration.ofSeconds(1), LONG, LONG));
        try (Wire silent = new Wire(port)) {
            assertThat(silent.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aRequestThatTricklesInIsGivenUpHoweverBusyItLooks() throws Exception {
        int port = start(new ConnectionLimits(100, Duration.ofSeconds(1), LONG, LONG));
        try (Wire slow = new Wire(port)) {
            slow.send("GET /primary HTTP/1.1\r\n");
            long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
            boolean refused = false;
            while (!refused && System.nanoTime() < end) {
                Thread.sleep(100);
                try {
                    slow.send("X: y\r\n");
                } catch (IOException _) {
                    refused = true;
                }
            }
            assertThat(refused).isTrue();
        }
    }

    @Test
    void aConnectionBetweenTwoRequestsIsClosedAfterTheIdleTime() throws IOException {
        int port = start(new ConnectionLimits(100, LONG, Duration.ofSeconds(1), LONG));
        try (Wire idle = new Wire(port)) {
            assertThat(idle.request("GET", "/primary").status()).isEqualTo(200);
            assertThat(idle.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aClientThatDoesNotReadItsAnswersIsCutOffAndFillsNoMemory() throws Exception {
        int port = start(new ConnectionLimits(100, LONG, LONG, Duration.ofSeconds(1)));
        byte[] request =
                "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
                        .repeat(100)
                        .getBytes(StandardCharsets.ISO_8859_1);
        Thread greedy =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try (Socket socket =
                                            new Socket(InetAddress.getLoopbackAddress(), port)) {
                                        while (true) {
                                            socket.getOutputStream().write(request);
                                        }
                                    } catch (IOException _) {
                                        // What the test waits for.
                                    }
                                });
        assertThat(Wire.once(port, "GET", "/primary").status()).isEqualTo(200);
        assertThat(greedy.join(Duration.ofSeconds(30))).isTrue();
        assertThat(Wire.once(port, "GET", "/primary").status()).isEqualTo(200);
    }
}
