package io.tamada.rest.http;

import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/// Puts our gate into every connection of the HTTP server: the bounds next to the socket, TLS
/// behind them, and the gate behind the HTTP codec, before the routes.
@Singleton
final class ServerPipeline implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {

    private final ServerParts parts;

    ServerPipeline(ServerParts parts) {
        this.parts = parts;
    }

    @Override
    public NettyServerCustomizer.Registry onCreated(
            BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        event.getBean().register(new Customizer(parts, null));
        return event.getBean();
    }

    /// @param channel null for the one that stands for the whole server.
    private record Customizer(ServerParts parts, @Nullable Channel channel)
            implements NettyServerCustomizer {

        @Override
        public NettyServerCustomizer specializeForChannel(Channel special, ChannelRole role) {
            if (role == ChannelRole.LISTENER) {
                parts.listeners().add(special);
            }
            return new Customizer(parts, role == ChannelRole.CONNECTION ? special : null);
        }

        @Override
        public void onStreamPipelineBuilt() {
            if (channel == null) {
                return;
            }
            ChannelPipeline pipeline = channel.pipeline();
            Connection connection = new Connection(parts.connections());
            ReloadingTls tls = parts.tls();
            if (tls != null) {
                SslHandler handler = tls.context().newHandler(channel.alloc());
                handler.setHandshakeTimeoutMillis(
                        parts.connections().limits().request().toMillis());
                pipeline.addFirst("tls", handler);
            }
            pipeline.addFirst("connection", connection);
            pipeline.addAfter(
                    ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC,
                    "gate",
                    new RequestGate(parts.api(), parts.extraHeaders(), connection));
        }
    }
}
