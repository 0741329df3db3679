package io.tamada.rest.http;

import io.micronaut.context.ApplicationContext;
import io.tamada.rest.RestSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/// Builds the HTTP server from the settings alone: no configuration file, no environment
/// variable, no scanning.
public final class ServerSetup {

    /// A connection costs about 12 kB; with TLS four times as much.
    private static final int MAXIMUM_CONNECTIONS = 2000;

    private static final int MAXIMUM_TLS_CONNECTIONS = 500;

    private static final int MAXIMUM_HEADER_BYTES = 8192;
    private static final int MAXIMUM_REQUEST_LINE_BYTES = 4096;
    private static final int MAXIMUM_REQUEST_BYTES = 1 << 20;

    private ServerSetup() {}

    /// A context that has not been started.
    public static ApplicationContext context(RestSettings settings, ReadApi api) {
        int maximum = settings.tls() == null ? MAXIMUM_CONNECTIONS : MAXIMUM_TLS_CONNECTIONS;
        ServerParts parts =
                new ServerParts(api, new Connections(maximum), settings.extraHeaders(), null);
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .deduceCloudEnvironment(false)
                .bootstrapEnvironment(false)
                .environmentPropertySource(false)
                .enableDefaultPropertySources(false)
                .banner(false)
                .properties(properties(settings))
                .singletons(parts)
                .build();
    }

    private static Map<String, Object> properties(RestSettings settings) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("micronaut.server.port", settings.port() == 0 ? -1 : settings.port());
        if (!settings.hosts().isEmpty()) {
            properties.put("micronaut.server.host", settings.hosts().getFirst());
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
