package io.tamada.chaos.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.chaos.cluster.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/// Toxiproxy in a container on the host's network: each node has a proxy of its own for each etcd
/// member, and a fault is a toxic on it. Unlike a packet filter it lets connections be made.
final class ToxiproxyFaults implements NetworkFaults {

    /// Another registry or version: `-Dtamada.faults.toxiproxy=IMAGE`.
    private static final String IMAGE =
            System.getProperty("tamada.faults.toxiproxy", "ghcr.io/shopify/toxiproxy:2.12.0");

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Proxy(String name, String node, int port) {}

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(DEADLINE).build();
    private final GenericContainer<?> container;
    private final int controlPort;
    private final Map<String, Proxy> proxies = new LinkedHashMap<>();

    private ToxiproxyFaults(GenericContainer<?> container, int controlPort) {
        this.container = container;
        this.controlPort = controlPort;
    }

    /// @param reasons gets a line if it cannot be had.
    static Optional<NetworkFaults> find(List<String> reasons) {
        // Asked of Testcontainers alone, a machine without Docker gets pages of warnings.
        boolean looksThere =
                System.getenv("DOCKER_HOST") != null
                        || Files.exists(Path.of("/var/run/docker.sock"));
        String refused = looksThere ? whyNoDocker() : "no Docker answers";
        if (refused != null) {
            reasons.add("Toxiproxy: " + refused);
            return Optional.empty();
        }
        int control = Ports.free();
        GenericContainer<?> container =
                new GenericContainer<>(DockerImageName.parse(IMAGE))
                        .withNetworkMode("host")
                        .withCommand("-host", "127.0.0.1", "-port", Integer.toString(control));
        try {
            container.start();
            ToxiproxyFaults faults = new ToxiproxyFaults(container, control);
            faults.awaitAnswer();
            return Optional.of(faults);
        } catch (RuntimeException | AssertionError e) {
            // No image, no registry, or a Docker without the host's network.
            container.close();
            reasons.add("Toxiproxy: " + IMAGE + " does not start: " + firstLine(e));
            return Optional.empty();
        }
    }

    /// To look for Docker, Testcontainers starts a container of its own, whose image has to come
    /// from somewhere too.
    private static @Nullable String whyNoDocker() {
        try {
            return DockerClientFactory.instance().isDockerAvailable() ? null : "no Docker answers";
        } catch (RuntimeException e) {
            return "Testcontainers cannot use the Docker that answers: " + firstLine(e);
        }
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private void awaitAnswer() {
        io.tamada.chaos.cluster.Await.until(
                "Toxiproxy",
                DEADLINE,
                () -> {
                    try {
                        return send("GET", "/version", "").statusCode() == 200;
                    } catch (IOException _) {
                        return false;
                    }
                },
                () -> "no answer");
    }

    @Override
    public String describe() {
        return "Toxiproxy, " + IMAGE;
    }

    @Override
    public List<String> listenOn() {
        return List.of();
    }

    @Override
    public synchronized String hostFor(String node, int clientPort) {
        Proxy proxy =
                proxies.computeIfAbsent(
                        node + "-" + clientPort,
                        name -> {
                            Proxy made = new Proxy(name, node, Ports.free());
                            ask(
                                    "POST",
                                    "/proxies",
                                    Map.of(
                                            "name",
                                            name,
                                            "listen",
                                            "127.0.0.1:" + made.port,
                                            "upstream",
                                            "127.0.0.1:" + clientPort,
                                            "enabled",
                                            true));
                            return made;
                        });
        return "127.0.0.1:" + proxy.port;
    }

    @Override
    public synchronized void cut(String node, Direction direction) {
        // A timeout of 0 passes no data and never closes.
        if (direction != Direction.FROM_ETCD) {
            toxic(node, "timeout", "upstream", Map.of("timeout", 0));
        }
        if (direction != Direction.TO_ETCD) {
            toxic(node, "timeout", "downstream", Map.of("timeout", 0));
        }
    }

    @Override
    public synchronized void delay(String node, Duration oneWay) {
        Map<String, Object> length = Map.of("latency", oneWay.toMillis(), "jitter", 0);
        toxic(node, "latency", "upstream", length);
        toxic(node, "latency", "downstream", length);
    }

    private void toxic(String node, String type, String stream, Map<String, Object> attributes) {
        for (Proxy proxy : ofNode(node)) {
            ask(
                    "POST",
                    "/proxies/" + proxy.name + "/toxics",
                    Map.of(
                            "name",
                            type + "-" + stream,
                            "type",
                            type,
                            "stream",
                            stream,
                            "toxicity",
                            1.0,
                            "attributes",
                            attributes));
        }
    }

    private List<Proxy> ofNode(String node) {
        List<Proxy> found = new ArrayList<>();
        for (Proxy proxy : proxies.values()) {
            if (proxy.node.equals(node)) {
                found.add(proxy);
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(node + " has not asked for its way to etcd");
        }
        return found;
    }

    @Override
    public synchronized void heal() {
        ask("POST", "/reset", Map.of());
    }

    private void ask(String method, String path, Map<String, Object> document) {
        try {
            String body = document.isEmpty() ? "" : JSON.writeValueAsString(document);
            HttpResponse<String> answer = send(method, path, body);
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        "Toxiproxy %s %s: %d %s"
                                .formatted(method, path, answer.statusCode(), answer.body()));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("Toxiproxy " + method + " " + path, e);
        }
    }

    private HttpResponse<String> send(String method, String path, String body) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + controlPort + path))
                        .timeout(DEADLINE)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        container.close();
    }
}
