package io.tamada.dcs.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.member.MemberName;
import io.tamada.core.port.ClusterStore;
import io.tamada.core.port.ClusterStore.AcquireOutcome;
import io.tamada.core.port.ClusterStore.ReadOutcome;
import io.tamada.core.port.ClusterStore.RenewOutcome;
import io.tamada.core.time.Monotonic;
import io.tamada.dcs.EtcdSettings;
import io.tamada.dcs.EtcdSettings.HostPort;
import io.tamada.dcs.PatroniClusterStore;
import io.tamada.dcs.etcd.EtcdServer;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.RangeAnswer;
import io.tamada.dcs.kv.EtcdKv.TxnAnswer;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Three members of etcd, one of which fails.
@SuppressWarnings("NullAway.Init")
final class EndpointFaultsTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(8);
    private static final Duration ONE_SHORT_TIMEOUT = Duration.ofMillis(1_700);
    private static final Duration NO_TIMEOUT = Duration.ofMillis(700);
    private static final Duration TTL = Duration.ofSeconds(20);
    private static final Bytes KEY = Bytes.utf8("/k");

    private List<EtcdServer> servers;
    private EtcdServer leader;
    private EtcdServer follower;
    private EtcdConnection connection;

    @BeforeEach
    void start() {
        servers = EtcdServer.cluster(3);
        leader = servers.stream().filter(EtcdServer::isLeader).findFirst().orElseThrow();
        follower = servers.stream().filter(s -> s != leader).findFirst().orElseThrow();
    }

    @AfterEach
    void stop() {
        connection.close();
        for (EtcdServer server : servers) {
            server.close();
        }
    }

    /// Opens a connection that asks this server first.
    private void openPreferring(EtcdServer first) {
        List<HostPort> addresses = new ArrayList<>();
        addresses.add(first.address());
        for (EtcdServer server : servers) {
            if (server != first) {
                addresses.add(server.address());
            }
        }
        connection = EtcdConnection.open(EtcdSettings.plain(addresses));
    }

    @Test
    void anEndpointThatIsStoppedCostsOneShortTimeout() {
        openPreferring(follower);
        assertThat(read()).isInstanceOf(KvReply.Answered.class);
        follower.freeze();
        assertThat(elapsed(this::answered)).isBetween(NO_TIMEOUT, ONE_SHORT_TIMEOUT);
        for (int i = 0; i < 20; i++) {
            assertThat(elapsed(this::answered)).isLessThan(NO_TIMEOUT);
        }
    }

    @Test
    void aStoppedLeaderOfEtcdIsFollowedByAnElectionAndAProvenRenewal() {
        openPreferring(leader);
        ClusterStore store = store();
        assertThat(acquire(store)).isInstanceOf(AcquireOutcome.Acquired.class);
        leader.freeze();
        assertThat(store.renewLeadership(TTL, TIMEOUT)).isInstanceOf(RenewOutcome.Renewed.class);
        leader.thaw();
        assertThat(store.renewLeadership(TTL, TIMEOUT)).isInstanceOf(RenewOutcome.Renewed.class);
    }

    @Test
    void aTransactionOnAStoppedEndpointIsUnknownAndTheNextOneGoesElsewhere() {
        openPreferring(follower);
        assertThat(read()).isInstanceOf(KvReply.Answered.class);
        follower.freeze();
        assertThat(put("1")).isInstanceOf(KvReply.Unknown.class);
        assertThat(put("2")).isInstanceOf(KvReply.Answered.class);
    }

    @Test
    void aTransactionThatNeverFoundAConnectionGoesToTheNextEndpoint() {
        follower.freeze();
        openPreferring(follower);
        assertThat(put("1")).isInstanceOf(KvReply.Answered.class);
        follower.thaw();
        follower.kill();
        connection.close();
        openPreferring(follower);
        assertThat(put("2")).isInstanceOf(KvReply.Answered.class);
    }

    @Test
    void withoutAMajorityNothingIsReadAndTheReasonNamesEveryEndpoint() {
        openPreferring(follower);
        for (EtcdServer server : servers) {
            if (server != follower) {
                server.kill();
            }
        }
        Duration timeout = Duration.ofSeconds(2);
        long begun = System.nanoTime();
        ReadOutcome outcome = store().read(timeout);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(timeout.plusMillis(300));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ReadOutcome.Unreachable.class,
                        unreachable -> {
                            for (EtcdServer server : servers) {
                                assertThat(unreachable.reason())
                                        .contains(server.address().toString());
                            }
                        });
    }

    @Test
    void anEtcdThatComesBackIsUsedAtOnce() throws IOException {
        openPreferring(follower);
        ClusterStore store = store();
        assertThat(acquire(store)).isInstanceOf(AcquireOutcome.Acquired.class);
        for (EtcdServer server : servers) {
            server.kill();
        }
        assertThat(store.renewLeadership(TTL, Duration.ofMillis(500)))
                .isInstanceOf(RenewOutcome.Unknown.class);
        for (EtcdServer server : servers) {
            server.start();
        }
        assertThat(store.renewLeadership(TTL, TIMEOUT)).isInstanceOf(RenewOutcome.Renewed.class);
    }

    private ClusterStore store() {
        return new PatroniClusterStore(
                connection.kv(),
                () -> new Monotonic(System.nanoTime()),
                "service",
                "faults",
                new MemberName("a"));
    }

    private static AcquireOutcome acquire(ClusterStore store) {
        return store.read(TIMEOUT) instanceof ReadOutcome.View seen
                ? store.acquireLeadership(seen.view(), TTL, TIMEOUT)
                : new AcquireOutcome.Unknown("not read");
    }

    private KvReply<RangeAnswer> read() {
        return connection.kv().range(new KeyRange.Key(KEY), TIMEOUT);
    }

    private void answered() {
        assertThat(read()).isInstanceOf(KvReply.Answered.class);
    }

    private KvReply<TxnAnswer> put(String value) {
        Txn.Op put = new Txn.Op.Put(KEY, Bytes.utf8(value), 0);
        return connection.kv().txn(new Txn(List.of(), List.of(put), List.of()), TIMEOUT);
    }

    private static Duration elapsed(Runnable action) {
        long begun = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
