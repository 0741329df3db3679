package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Await;
import io.tamada.chaos.cluster.Ledger;
import io.tamada.chaos.cluster.TestCluster;
import io.tamada.chaos.cluster.TestEtcd;
import io.tamada.chaos.cluster.TestNode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What a fault is done to, and when it did what.
final class Scene {

    private final TestCluster cluster;
    private final TestNode primary;
    private final Ledger ledger;
    private final Optional<NetworkFaults> network;
    private final @Nullable BusyClients clients;
    private final RandomGenerator random;
    private final CountDownLatch beginning = new CountDownLatch(1);
    private long faultNanos;
    private long thawNanos;
    private volatile long replicationEndNanos;

    Scene(
            TestCluster cluster,
            TestNode primary,
            Ledger ledger,
            Optional<NetworkFaults> network,
            @Nullable BusyClients clients,
            RandomGenerator random) {
        this.cluster = cluster;
        this.primary = primary;
        this.ledger = ledger;
        this.network = network;
        this.clients = clients;
        this.random = random;
    }

    /// The fault begins now: what counts from it does so from this moment.
    void begins() {
        faultNanos = System.nanoTime();
        if (clients != null) {
            clients.faultBegins();
        }
        beginning.countDown();
    }

    void awaitBeginning() {
        try {
            beginning.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// A frozen node is let go now.
    void thaws() {
        thawNanos = System.nanoTime();
    }

    /// The primary's postmaster dies now. Its walsenders end with it; a busy backend does not, and
    /// acknowledges what nobody can receive any more.
    void replicationEnds() {
        replicationEndNanos = System.nanoTime();
    }

    /// Lets the fault last.
    void last(double ttls) {
        Await.pause(Duration.ofMillis((long) (ttls * ttl().toMillis())));
    }

    /// Lets the fault last until somebody else than the old primary has acknowledged.
    void lastUntilSomebodyTookOver() {
        String writer = cluster.others(primary).getFirst().name();
        Await.until(
                "a write of a new primary",
                Expectation.LONGEST_OUTAGE,
                () -> ledger.hasWriteOfAnotherThan(primary.name()),
                () -> "none of " + writer + " or the others");
    }

    Duration ttl() {
        return Duration.ofSeconds(cluster.plan().ttlSeconds());
    }

    TestCluster cluster() {
        return cluster;
    }

    TestNode primary() {
        return primary;
    }

    TestEtcd etcd() {
        return cluster.etcd();
    }

    NetworkFaults network() {
        return network.orElseThrow();
    }

    RandomGenerator random() {
        return random;
    }

    Ledger ledger() {
        return ledger;
    }

    long faultNanos() {
        return faultNanos;
    }

    long thawNanos() {
        return thawNanos;
    }

    long replicationEndNanos() {
        return replicationEndNanos;
    }
}
