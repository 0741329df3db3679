package io.tamada.rest.http;

import io.netty.channel.Channel;
import io.tamada.rest.control.ControlApi;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a connection of the server is made of.
///
/// @param tls null for plain HTTP.
/// @param listeners the listening sockets, which add themselves.
public record ServerParts(
        ReadApi api,
        FailsafeApi failsafe,
        ControlApi control,
        Connections connections,
        Map<String, String> extraHeaders,
        @Nullable ReloadingTls tls,
        List<Channel> listeners) {}
