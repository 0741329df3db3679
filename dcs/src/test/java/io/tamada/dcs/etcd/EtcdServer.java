package io.tamada.dcs.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tamada.dcs.EtcdSettings;
import io.tamada.dcs.EtcdSettings.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One member of etcd in a process and a directory of its own, gone when closed.
public final class EtcdServer implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(20);

    private final String name;
    private final Path directory;
    private final int clientPort;
    private final int peerPort;
    private final List<String> extra;
    private List<String> initialCluster = List.of();
    private @Nullable Process process;

    private EtcdServer(String name, List<String> extra) throws IOException {
        this.name = name;
        this.extra = extra;
        directory = Files.createTempDirectory("tamada-etcd-");
        try (ServerSocket client = free();
                ServerSocket peer = free()) {
            clientPort = client.getLocalPort();
            peerPort = peer.getLocalPort();
        }
    }

    private static ServerSocket free() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /// A single server that answers.
    public static EtcdServer started(String... extra) {
        return cluster(1, extra).getFirst();
    }

    /// Servers that form one cluster and answer.
    public static List<EtcdServer> cluster(int count, String... extra) {
        try {
            List<EtcdServer> servers = new ArrayList<>();
            List<String> peers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                EtcdServer server = new EtcdServer("e" + i, List.of(extra));
                servers.add(server);
                peers.add(server.name + "=http://127.0.0.1:" + server.peerPort);
            }
            for (EtcdServer server : servers) {
                server.initialCluster = peers;
                server.start();
            }
            for (EtcdServer server : servers) {
                server.awaitReady();
            }
            return servers;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private String scheme() {
        return extra.contains("--cert-file") ? "https" : "http";
    }

    public void start() throws IOException {
        String client = scheme() + "://127.0.0.1:" + clientPort;
        String peer = "http://127.0.0.1:" + peerPort;
        List<String> command = new ArrayList<>();
        command.addAll(List.of("etcd", "--name", name, "--data-dir", directory + "/data"));
        command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
        command.addAll(List.of("--listen-peer-urls", peer));
        command.addAll(List.of("--initial-advertise-peer-urls", peer));
        command.addAll(List.of("--initial-cluster", String.join(",", initialCluster)));
        command.addAll(List.of("--heartbeat-interval", "50", "--election-timeout", "500"));
        command.addAll(extra);
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.to(directory.resolve("log").toFile()))
                        .start();
    }

    /// Waits until the server listens and, in a cluster, has joined it.
    public void awaitReady() {
        long end = System.nanoTime() + READY_WITHIN.toNanos();
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), clientPort), 200);
                if (logs("ready to serve client requests")) {
                    return;
                }
            } catch (IOException _) {
                // Not yet.
            }
            pause();
        }
        throw new IllegalStateException("etcd did not start, see " + directory);
    }

    private boolean logs(String text) throws IOException {
        return Files.readString(directory.resolve("log")).contains(text);
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    public HostPort address() {
        return new HostPort("127.0.0.1", clientPort);
    }

    public EtcdSettings settings() {
        return EtcdSettings.plain(List.of(address()));
    }

    /// Whether this server leads its cluster.
    public boolean isLeader() {
        Matcher status =
                Pattern.compile("\"member_id\":(\\d+).*\"leader\":(\\d+)")
                        .matcher(ctl("endpoint", "status", "-w", "json"));
        return status.find() && status.group(1).equals(status.group(2));
    }

    /// SIGSTOP: the server keeps its connections and answers nothing.
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
            process = null;
        }
    }

    private void signal(String signal) {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("etcd does not run");
        }
        run("kill", "-" + signal, Long.toString(running.pid()));
    }

    /// Runs etcdctl against this server and answers what it printed.
    public String ctl(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add("etcdctl");
        command.add(String.format(Locale.ROOT, "--endpoints=%s://%s", scheme(), address()));
        command.addAll(List.of(arguments));
        return run(command.toArray(new String[0]));
    }

    /// Runs a command and answers what it printed.
    public static String run(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("ETCDCTL_API", "3");
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
