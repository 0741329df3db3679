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
import org.slf4j.event.Level;

/// The connection to etcd: one event loop thread, a channel for each endpoint as it is needed,
/// and the watches. Opening it connects nowhere. Closing it ends all of that and leaves the
/// leases alone.
public final class EtcdConnection implements AutoCloseable {

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final EventLoopGroup loops;
    private final Endpoints endpoints;
    private final Credentials credentials;
    private final EtcdKv kv;
    private final List<EtcdWatch> watches = new ArrayList<>();

    private EtcdConnection(
            EtcdSettings settings, EventLoopGroup loops, ChannelFactory channels, Level silence) {
        this.loops = loops;
        List<Endpoint> ring = new ArrayList<>();
        for (EtcdSettings.HostPort address : settings.endpoints()) {
            ring.add(new Endpoint(address, channels));
        }
        endpoints = new Endpoints(ring, silence);
        credentials = new Credentials(settings);
        kv = new GrpcEtcdKv(endpoints, credentials);
    }

    /// @throws IllegalArgumentException naming the certificate file that cannot be used.
    public static EtcdConnection open(EtcdSettings settings) {
        return open(settings, Level.WARN);
    }

    /// A second connection to the same etcd, which leaves it to the first to warn of endpoints
    /// that do not answer.
    ///
    /// @throws IllegalArgumentException naming the certificate file that cannot be used.
    public static EtcdConnection openBeside(EtcdSettings settings) {
        return open(settings, Level.DEBUG);
    }

    private static EtcdConnection open(EtcdSettings settings, Level silence) {
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("tamada-etcd", /* daemon= */ true),
                        NioIoHandler.newFactory());
        try {
            return new EtcdConnection(
                    settings, loops, new ChannelFactory(settings, loops), silence);
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
