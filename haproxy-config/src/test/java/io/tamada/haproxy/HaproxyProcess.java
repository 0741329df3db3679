package io.tamada.haproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real HAProxy in master-worker mode, as a service manager starts it, on ports of its own.
final class HaproxyProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(10);
    private static final int STOP_SECONDS = 10;
    private static final int RELOAD_TRIES = 5;
    private static final Duration RELOAD = Duration.ofSeconds(2);

    private final Path directory;
    private final ProxySettings settings;
    private final Process process;
    private final HaproxyRuntime runtime;

    HaproxyProcess(ProxySettings wished, ProxySlots slots) throws IOException {
        directory = Files.createTempDirectory("tamada-haproxy");
        List<Integer> ports = freePorts(3);
        settings =
                wished.withListen(
                                new ProxySettings.Listen(
                                        "127.0.0.1", ports.get(0), ports.get(1), ports.get(2)))
                        .withRuntimeSocket(directory.resolve("admin.sock"));
        runtime = new HaproxyRuntime(settings.runtimeSocket(), Duration.ofSeconds(2));
        write(slots);
        process =
                new ProcessBuilder(HaproxyBinary.path(), "-W", "-f", configFile().toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start();
        Pause.until("haproxy answers", START, this::answers);
    }

    int writePort() {
        return settings.listen().writePort();
    }

    int readPort() {
        return settings.listen().readPort();
    }

    HaproxyRuntime runtime() {
        return runtime;
    }

    /// The worker that the runtime socket leads to.
    long workerPid() {
        if (runtime.send("show info") instanceof RuntimeAnswer.Text(var text)) {
            for (String line : text.lines().toList()) {
                if (line.startsWith("Pid: ")) {
                    return Long.parseLong(line.substring("Pid: ".length()).strip());
                }
            }
        }
        throw new AssertionError("haproxy does not tell its pid");
    }

    /// Reloads as `systemctl reload haproxy` does, and returns the pid of the worker left behind.
    ///
    /// A master that has just forked its first worker still drops the signal, hence the tries.
    long reload(ProxySlots slots) throws IOException, InterruptedException {
        long old = workerPid();
        write(slots);
        for (int tries = 0; tries < RELOAD_TRIES; tries++) {
            new ProcessBuilder("kill", "-USR2", Long.toString(process.pid())).start().waitFor();
            if (Pause.whether(RELOAD, () -> answers() && workerPid() != old)) {
                return old;
            }
        }
        throw new AssertionError("haproxy did not reload:\n" + log());
    }

    String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    private boolean answers() {
        return runtime.send("show info") instanceof RuntimeAnswer.Text(var text)
                && text.contains("Pid: ");
    }

    private Path configFile() {
        return directory.resolve("haproxy.cfg");
    }

    private void write(ProxySlots slots) throws IOException {
        Files.writeString(configFile(), HaproxyConfig.render(settings, slots));
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var held = new ArrayList<ServerSocket>();
        var ports = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            held.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : held) {
            socket.close();
        }
        return ports;
    }

    @Override
    public void close() throws IOException {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        workers.forEach(ProcessHandle::destroyForcibly);
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
