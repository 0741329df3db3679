package io.tamada.dcs.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.ControlStore.Sight;
import io.tamada.dcs.PatroniControlStore;
import io.tamada.dcs.etcd.EtcdServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Takes a cluster out of a real etcd.
class RemoveClusterTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    @Test
    void allKeysOfAClusterGoAndThoseOfItsNeighboursStay() {
        try (EtcdServer server = EtcdServer.started();
                EtcdConnection etcd = EtcdConnection.open(server.settings())) {
            for (int i = 0; i < 120; i++) {
                server.ctl("put", "/service/a/members/n" + i, "{}");
            }
            server.ctl("put", "/service/a/config", "{}");
            server.ctl("put", "/service/ab/config", "{}");
            var store = new PatroniControlStore(etcd.kv(), "service", "a");

            assertThat(store.read(SOON)).isInstanceOf(Sight.Seen.class);
            assertThat(server.ctl("get", "--prefix", "--keys-only", "/service/a/members/").lines())
                    .filteredOn(line -> !line.isBlank())
                    .hasSize(120)
                    .contains("/service/a/members/n7");
            assertThat(store.removeCluster(SOON)).isEqualTo(new WriteOutcome.Done());

            assertThat(server.ctl("get", "--prefix", "--keys-only", "/service").strip())
                    .isEqualTo("/service/ab/config");
        }
    }
}
