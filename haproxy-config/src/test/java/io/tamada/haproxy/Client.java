package io.tamada.haproxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A session through the proxy to a [FakeMember].
final class Client implements AutoCloseable {

    private static final int DEADLINE_MILLIS = 5_000;

    private final Socket socket;
    private final BufferedReader in;
    private final String server;

    private Client(Socket socket, BufferedReader in, String server) {
        this.socket = socket;
        this.in = in;
        this.server = server;
    }

    /// A session, or null where the proxy had nobody to lead it to.
    static @Nullable Client tryOpen(int port) throws IOException {
        var socket = new Socket();
        socket.setSoTimeout(DEADLINE_MILLIS);
        try {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), DEADLINE_MILLIS);
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            String greeting = in.readLine();
            if (greeting != null) {
                return new Client(socket, in, greeting);
            }
        } catch (IOException _) {
            // Refused or reset: the same as nobody there.
        }
        socket.close();
        return null;
    }

    /// Opens sessions until one is served by the member of this name.
    static Client openTo(String name, int port) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        String last = "nobody";
        while (System.nanoTime() < deadline) {
            Client client = tryOpen(port);
            if (client != null && client.server.equals(name)) {
                return client;
            }
            if (client != null) {
                last = client.server;
                client.close();
            }
            Pause.briefly();
        }
        throw new AssertionError("port " + port + " never led to " + name + ", last to " + last);
    }

    String server() {
        return server;
    }

    /// Whether a line sent comes back.
    boolean lives() {
        try {
            socket.getOutputStream().write("still there?\n".getBytes(StandardCharsets.US_ASCII));
            return "still there?".equals(in.readLine());
        } catch (IOException _) {
            return false;
        }
    }

    /// Waits for the proxy to end the session; null where it has not within the time given.
    @Nullable Duration endedWithin(Duration limit) throws IOException {
        long start = System.nanoTime();
        socket.setSoTimeout((int) limit.toMillis());
        try {
            while (in.readLine() != null) {
                // Whatever was under way before the end.
            }
        } catch (SocketTimeoutException _) {
            return null;
        } catch (IOException _) {
            // A reset is an end as well.
        } finally {
            socket.setSoTimeout(DEADLINE_MILLIS);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
