package io.tamada.dcs.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.member.MemberName;
import io.tamada.dcs.ClusterKeys;
import io.tamada.dcs.EtcdSettings;
import io.tamada.dcs.etcd.EtcdServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What wakes the loop, whatever happens to etcd.
@SuppressWarnings("NullAway.Init")
final class EtcdWatchTest {

    private static final ClusterKeys KEYS = new ClusterKeys("service", "w");
    private static final MemberName SELF = new MemberName("a");

    /// Far less than the shortest loop_wait.
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    private static final Duration AT_LAST = Duration.ofSeconds(10);
    /// Long enough for etcd to end the streams that require a leader (three election timeouts).
    private static final Duration WITHOUT_A_LEADER = Duration.ofSeconds(4);

    private static final Duration NOT_AT_ALL = Duration.ofMillis(400);

    private final Semaphore wakes = new Semaphore(0);
    private List<EtcdServer> servers;
    private EtcdConnection connection;

    @AfterEach
    void stop() {
        connection.close();
        for (EtcdServer server : servers) {
            server.close();
        }
    }

    private void watch(List<EtcdServer> on) throws InterruptedException {
        servers = on;
        connection =
                EtcdConnection.open(
                        EtcdSettings.plain(on.stream().map(EtcdServer::address).toList()));
        connection.watch(
                KEYS.prefix(),
                (key, before, after) -> KEYS.wakes(SELF, key, before, after),
                wakes::release);
        woken(AT_LAST);
    }

    private void woken(Duration within) throws InterruptedException {
        assertThat(wakes.tryAcquire(within.toMillis(), TimeUnit.MILLISECONDS))
                .as("woken within " + within)
                .isTrue();
        wakes.drainPermits();
    }

    private void notWoken() throws InterruptedException {
        assertThat(wakes.tryAcquire(NOT_AT_ALL.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
    }

    private void put(String key, String value) {
        servers.getLast().ctl("put", KEYS.prefix() + key, value);
    }

    private void delete(String key) {
        servers.getLast().ctl("del", KEYS.prefix() + key);
    }

    @Test
    void changesThatMatterWakeAtOnceAndOthersDoNot() throws InterruptedException {
        watch(List.of(EtcdServer.started()));
        put("leader", "b");
        woken(AT_ONCE);
        put("leader", "b");
        notWoken();
        delete("leader");
        woken(AT_ONCE);
        for (String key : List.of("config", "failover", "sync", "initialize")) {
            put(key, "{}");
            woken(AT_ONCE);
        }
        put("members/b", "{\"state\":\"starting\",\"xlog_location\":1}");
        woken(AT_ONCE);
        put("members/b", "{\"state\":\"starting\",\"xlog_location\":2}");
        notWoken();
        put("members/b", "{\"state\":\"running\",\"xlog_location\":2}");
        woken(AT_ONCE);
        put("members/a", "{\"state\":\"running\"}");
        put("status", "{\"optime\":1}");
        notWoken();
        delete("members/b");
        woken(AT_ONCE);
    }

    @Test
    void aLeaseThatRunsOutWakes() throws InterruptedException {
        watch(List.of(EtcdServer.started()));
        String lease = servers.getFirst().ctl("lease", "grant", "2").split(" ", 3)[1];
        servers.getFirst().ctl("put", "--lease=" + lease, KEYS.prefix() + "leader", "b");
        woken(AT_ONCE);
        woken(Duration.ofSeconds(4));
    }

    @Test
    void aRestartOfEtcdIsFollowedByAWakeAndTheWatchGoesOn()
            throws IOException, InterruptedException {
        watch(List.of(EtcdServer.started()));
        EtcdServer server = servers.getFirst();
        server.kill();
        server.start();
        server.awaitReady();
        woken(AT_LAST);
        put("leader", "b");
        woken(AT_ONCE);
    }

    @Test
    void aCompactionDoesNotEndTheWatch() throws IOException, InterruptedException {
        watch(List.of(EtcdServer.started()));
        EtcdServer server = servers.getFirst();
        for (int i = 0; i < 10; i++) {
            put("leader", "b" + i);
        }
        woken(AT_ONCE);
        server.ctl("compact", "8");
        put("leader", "c");
        woken(AT_ONCE);
        server.kill();
        server.start();
        server.awaitReady();
        put("leader", "d");
        server.ctl("compact", "13");
        woken(AT_LAST);
        put("leader", "e");
        woken(AT_ONCE);
    }

    @Test
    void aStoppedEndpointIsNoticedWithoutAnyCall() throws InterruptedException {
        watch(EtcdServer.cluster(3));
        servers.getFirst().freeze();
        woken(AT_LAST);
        put("leader", "b");
        woken(AT_ONCE);
    }

    @Test
    void aMemberThatLosesItsLeaderIsLeftAndTheReturnWakes()
            throws IOException, InterruptedException {
        watch(EtcdServer.cluster(3));
        servers.get(1).kill();
        servers.get(2).kill();
        assertThat(wakes.tryAcquire(WITHOUT_A_LEADER.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
        servers.get(1).start();
        servers.get(2).start();
        servers.get(2).awaitReady();
        woken(AT_LAST);
        put("leader", "b");
        woken(Duration.ofSeconds(2));
    }
}
