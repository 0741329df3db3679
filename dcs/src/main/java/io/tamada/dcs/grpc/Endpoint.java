package io.tamada.dcs.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.tamada.dcs.EtcdSettings.HostPort;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One member of etcd as we reach it: its channel, and until when it is better avoided.
///
/// A channel that has failed is replaced rather than repaired: gRPC would wait up to two minutes
/// before it connects again, and a call on a connection whose peer has vanished waits for TCP.
final class Endpoint {

    private final HostPort address;
    private final ChannelFactory factory;
    private @Nullable ManagedChannel channel;
    private volatile long avoidedUntilNanos = System.nanoTime();
    private volatile long clusterId;

    Endpoint(HostPort address, ChannelFactory factory) {
        this.address = address;
        this.factory = factory;
    }

    synchronized ManagedChannel channel() {
        if (channel != null) {
            ConnectivityState state = channel.getState(false);
            if (state == ConnectivityState.TRANSIENT_FAILURE
                    || state == ConnectivityState.SHUTDOWN) {
                discard();
            }
        }
        if (channel == null) {
            channel = factory.open(address);
        }
        return channel;
    }

    /// Ends the channel and every call on it; the next call opens another.
    synchronized void discard() {
        if (channel != null) {
            channel.shutdownNow();
            channel = null;
        }
    }

    HostPort address() {
        return address;
    }

    void avoidFor(Duration duration) {
        avoidedUntilNanos = System.nanoTime() + duration.toNanos();
    }

    boolean isAvoided() {
        return avoidedUntilNanos - System.nanoTime() > 0;
    }

    /// Whether this one's avoidance ends before the other's.
    boolean isBetterThan(Endpoint other) {
        return avoidedUntilNanos - other.avoidedUntilNanos < 0;
    }

    void answeredFrom(long cluster) {
        clusterId = cluster;
    }

    /// The cluster that this endpoint said last that it belongs to; zero before its first answer.
    long clusterId() {
        return clusterId;
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
