package io.tamada.agent.cli;

import io.tamada.agent.Wiring;
import io.tamada.agent.log.AgentLog;
import io.tamada.agent.os.PosixKill;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.agent.settings.SettingsReader;
import io.tamada.agent.settings.SettingsResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// A short run of the real agent without a store, by the build: what it loads and links goes into
/// the AOT cache, from which later agents start. It keeps root's rights, because the cache is
/// written when it exits; PostgreSQL is never started without a store.
public final class Training {

    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    /// Long enough for the loop to run and for the store to be missed.
    private static final Duration LESSON = Duration.ofSeconds(2);

    private static final int PATIENCE_MILLIS = 2_000;

    private static final String[] PATHS = {
        "/liveness", "/primary", "/replica", "/health", "/patroni", "/cluster", "/metrics", "/none"
    };

    private Training() {}

    /// @param file settings whose REST address is replaced by a free one.
    /// @return the exit code of the process.
    public static int run(Path file) throws IOException {
        int port = freePort();
        SettingsResult result =
                SettingsReader.read(file, Map.of("PATRONI_RESTAPI_LISTEN", "127.0.0.1:" + port));
        if (!(result instanceof SettingsResult.Loaded(AgentSettings settings, var _))) {
            System.err.println(result);
            return AgentCommand.BAD_CONFIGURATION;
        }
        Thread pupil = new Thread(() -> exercise(port), "training");
        pupil.setDaemon(true);
        pupil.start();
        try (AgentLog _ = AgentLog.start(settings.log())) {
            return Wiring.run(settings, file);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void exercise(int port) {
        try {
            long end = System.nanoTime() + LONGEST_START.toNanos();
            while (!answers(port, PATHS[0]) && System.nanoTime() < end) {
                Thread.sleep(Duration.ofMillis(50));
            }
            for (String path : PATHS) {
                answers(port, path);
            }
            Thread.sleep(LESSON);
            PosixKill.signal(ProcessHandle.current().pid(), PosixKill.SIGTERM);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean answers(int port, String path) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream answer = socket.getInputStream();
            return answer.read() >= 0 && answer.readAllBytes().length > 0;
        } catch (IOException _) {
            return false;
        }
    }
}
