package io.tamada.rest.http;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.netty.channel.Channel;
import io.tamada.rest.RestSettings;
import io.tamada.rest.control.ControlApi;
import io.tamada.rest.tls.TlsFileException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// The HTTP server, built from the settings alone: no configuration file, no environment
/// variable, no scanning, no shutdown hook.
public final class HttpServer implements AutoCloseable {

    private static final int MAXIMUM_HEADER_BYTES = 8192;
    private static final int MAXIMUM_REQUEST_LINE_BYTES = 4096;
    static final int MAXIMUM_REQUEST_BYTES = 1 << 20;

    private static final List<String> ALL_HOSTS = List.of("");

    /// A listening socket that takes longer to close is left to the kernel.
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final ApplicationContext context;
    private final ServerParts parts;

    private HttpServer(ApplicationContext context, ServerParts parts) {
        this.context = context;
        this.parts = parts;
    }

    /// A server that does not listen yet.
    ///
    /// @throws TlsFileException when a certificate or key cannot be used.
    public static HttpServer of(
            RestSettings settings,
            ConnectionLimits limits,
            ReadApi api,
            FailsafeApi failsafe,
            ControlApi control)
            throws TlsFileException {
        ServerParts parts =
                new ServerParts(
                        api,
                        failsafe,
                        control,
                        new Connections(limits),
                        settings.extraHeaders(),
                        settings.tls() == null ? null : new ReloadingTls(settings.tls()),
                        new CopyOnWriteArrayList<>());
        ApplicationContext context =
                ApplicationContext.builder()
                        .deduceEnvironment(false)
                        .deduceCloudEnvironment(false)
                        .bootstrapEnvironment(false)
                        .environmentPropertySource(false)
                        .enableDefaultPropertySources(false)
                        .banner(false)
                        .properties(properties(settings))
                        .singletons(parts)
                        .build();
        return new HttpServer(context, parts);
    }

    /// Binds the listen addresses and returns the port of the first.
    public int listen() {
        context.start();
        EmbeddedServer server = context.getBean(EmbeddedServer.class);
        server.start();
        return server.getPort();
    }

    /// Stops listening and closes every connection. The context closes the listening sockets
    /// some time after its own end; whoever starts anew needs their ports at once.
    @Override
    public void close() {
        for (Channel listener : parts.listeners()) {
            boolean _ = listener.close().awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
            // A socket that a selector knows is closed for good by its next selection; a timed task
            // runs after one.
            boolean _ =
                    listener.eventLoop()
                            .schedule(() -> {}, 1, TimeUnit.MILLISECONDS)
                            .awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
        }
        context.close();
    }

    private static Map<String, Object> properties(RestSettings settings) {
        Map<String, Object> properties = new LinkedHashMap<>();
        int number = 0;
        for (String host : settings.hosts().isEmpty() ? ALL_HOSTS : settings.hosts()) {
            String listener = "micronaut.server.netty.listeners.l" + number++;
            properties.put(listener + ".port", settings.port());
            if (!host.isEmpty()) {
                properties.put(listener + ".host", host);
            }
        }
        properties.put("micronaut.server.http-version", "1.1");
        properties.put("micronaut.server.max-request-size", MAXIMUM_REQUEST_BYTES);
        properties.put("micronaut.server.netty.max-header-size", MAXIMUM_HEADER_BYTES);
        properties.put(
                "micronaut.server.netty.max-initial-line-length", MAXIMUM_REQUEST_LINE_BYTES);
        properties.put("micronaut.server.netty.use-native-transport", false);
        properties.put("micronaut.server.netty.parent.event-loop-group", "default");
        properties.put("micronaut.netty.event-loops.default.num-threads", 1);
        return properties;
    }
}
