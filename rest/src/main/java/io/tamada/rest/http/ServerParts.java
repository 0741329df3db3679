package io.tamada.rest.http;

import io.netty.handler.ssl.SslContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a connection of the server is made of.
///
/// @param tls null for plain HTTP.
public record ServerParts(
        ReadApi api,
        Connections connections,
        Map<String, String> extraHeaders,
        @Nullable SslContext tls) {}
