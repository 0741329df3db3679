package io.tamada.dcs.grpc;

import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import io.tamada.dcs.contract.ClusterStoreContract;
import io.tamada.dcs.etcd.EtcdServer;
import io.tamada.dcs.kv.EtcdKv;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// The contract over one real etcd.
@SuppressWarnings("NullAway.Init")
final class RealEtcdClusterStoreTest extends ClusterStoreContract {

    private static EtcdServer server;
    private static EtcdConnection connection;

    @BeforeAll
    static void start() {
        server = EtcdServer.started();
        connection = EtcdConnection.open(server.settings());
    }

    @AfterAll
    static void stop() {
        connection.close();
        server.close();
    }

    @Override
    protected EtcdKv etcd() {
        return connection.kv();
    }

    @Override
    protected TimeSource clock() {
        return () -> new Monotonic(System.nanoTime());
    }

    @Override
    protected void pass(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
