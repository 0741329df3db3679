package io.tamada.dcs.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.tamada.dcs.EtcdSettings;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Makes channels to single endpoints. Nothing in them is clever: no balancing, no retries, no
/// waiting for readiness, no proxy out of the environment.
final class ChannelFactory {

    /// etcd closes connections that ping more often than every 5 s
    /// (`--grpc-keepalive-min-time`).
    private static final long PING_EVERY_SECONDS = 8;

    private static final long PING_ANSWER_WITHIN_SECONDS = 3;

    /// A whole cluster fits in less than one tenth of this.
    private static final int LARGEST_MESSAGE_BYTES = 16 << 20;

    private final EventLoopGroup loops;
    private final @Nullable SslContext tls;

    /// @throws IllegalArgumentException naming the file that cannot be used and why.
    ChannelFactory(EtcdSettings settings, EventLoopGroup loops) {
        this.loops = loops;
        tls = settings.protocol() == EtcdSettings.Protocol.HTTPS ? tls(settings) : null;
    }

    ManagedChannel open(EtcdSettings.HostPort endpoint) {
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                        .channelType(NioSocketChannel.class)
                        .eventLoopGroup(loops)
                        .directExecutor()
                        .disableRetry()
                        .disableServiceConfigLookUp()
                        .proxyDetector(_ -> null)
                        .keepAliveTime(PING_EVERY_SECONDS, TimeUnit.SECONDS)
                        .keepAliveTimeout(PING_ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)
                        .maxInboundMessageSize(LARGEST_MESSAGE_BYTES);
        return (tls == null ? builder.usePlaintext() : builder.sslContext(tls)).build();
    }

    private static SslContext tls(EtcdSettings settings) {
        SslContextBuilder builder = GrpcSslContexts.forClient();
        String files = "etcd3.cacert";
        try {
            if (settings.cacert() != null) {
                builder.trustManager(readable("etcd3.cacert", settings.cacert()));
            }
            if (settings.cert() != null && settings.key() != null) {
                files = "etcd3.cert and etcd3.key";
                builder.keyManager(
                        readable("etcd3.cert", settings.cert()),
                        readable("etcd3.key", settings.key()));
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException unusable) {
            throw new IllegalArgumentException(
                    files + ": " + unusable.getMessage() + "; expected PEM, the key in PKCS #8",
                    unusable);
        }
    }

    private static File readable(String key, Path path) {
        if (!Files.isReadable(path)) {
            throw new IllegalArgumentException(key + " '" + path + "' cannot be read");
        }
        return path.toFile();
    }
}
