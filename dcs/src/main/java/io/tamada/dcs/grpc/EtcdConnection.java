package io.tamada.dcs.grpc;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tamada.dcs.EtcdSettings;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The connection to etcd: one event loop thread, a channel for each endpoint as it is needed,
/// and the watches. Opening it connects nowhere. Closing it ends all of that and leaves the
/// leases alone.
public final class EtcdConnection implements AutoCloseable {

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final EventLoopGroup loops;
    private final EndpointNews news;
    private final Endpoints endpoints;
    private final Credentials credentials;
    private final EtcdKv kv;
    private final List<EtcdWatch> watches = new ArrayList<>();

    private EtcdConnection(
            EtcdSettings settings,
            EventLoopGroup loops,
            ChannelFactory channels,
            EndpointNews news) {
        this.loops = loops;
        this.news = news;
        List<Endpoint> ring = new ArrayList<>();
        for (EtcdSettings.HostPort address : settings.endpoints()) {
            ring.add(new Endpoint(address, channels));
        }
        endpoints = new Endpoints(ring, news);
        credentials = new Credentials(settings);
        kv = new GrpcEtcdKv(endpoints, credentials);
    }

    /// @throws IllegalArgumentException naming the certificate file that cannot be used.
    public static EtcdConnection open(EtcdSettings settings) {
        return open(settings, new EndpointNews());
    }

    /// A second connection to the same etcd. What the two meet is told once.
    ///
    /// @throws IllegalArgumentException naming the certificate file that cannot be used.
    public EtcdConnection openBeside(EtcdSettings settings) {
        return open(settings, news);
    }

    private static EtcdConnection open(EtcdSettings settings, EndpointNews news) {
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("tamada-etcd", /* daemon= */ true),
                        NioIoHandler.newFactory());
        try {
            return new EtcdConnection(settings, loops, new ChannelFactory(settings, loops), news);
        } catch (IllegalArgumentException unusable) {
            end(loops);
            throw unusable;
        }
    }

    public EtcdKv kv() {
        return kv;
    }

    /// Begins to watch. `wake` runs when a change passes the filter, and once for every stream
    /// that begins; it runs on the connection's thread and must not block.
    public synchronized EtcdWatch watch(Bytes prefix, ChangeFilter filter, Runnable wake) {
        EtcdWatch watch = new EtcdWatch(endpoints, credentials, prefix, filter, wake);
        watches.add(watch);
        watch.start();
        return watch;
    }

    @Override
    public synchronized void close() {
        for (EtcdWatch watch : watches) {
            watch.close();
        }
        watches.clear();
        endpoints.discardAll();
        end(loops);
    }

    private static void end(EventLoopGroup loops) {
        loops.shutdownGracefully(0, CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_WITHIN.toMillis());
    }
}
