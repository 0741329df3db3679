package io.tamada.chaos.simulation;

import io.tamada.core.postgres.Upstream;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A standby's connection to its upstream. It is told when there is news and fetches it a moment
/// later, so that a quiet stream costs nothing; a heartbeat finds connections that have died
/// without a word.
final class WalReceiver {

    /// PostgreSQL's `wal_retrieve_retry_interval`.
    static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);

    private static final long HEARTBEAT_NANOS = 1_000_000_000;

    private final SimInstance standby;
    private final World world;
    private final SplittableRandom random;
    private @Nullable Upstream upstream;
    private @Nullable SimInstance source;
    private long sourceLife;
    private long lastContactNanos;

    /// Each start and each new upstream is another turn; what belongs to an older one is void.
    private long turn;

    private boolean newsExpected;

    WalReceiver(SimInstance standby, World world, SplittableRandom random) {
        this.standby = standby;
        this.world = world;
        this.random = random;
    }

    @Nullable Upstream upstream() {
        return upstream;
    }

    boolean isConnected() {
        return source != null;
    }

    /// Whether it is connected to this server, in this server's present life.
    boolean isConnectedTo(SimInstance other) {
        return source == other && sourceLife == other.life();
    }

    long silenceNanos() {
        return world.nowNanos() - lastContactNanos;
    }

    void stop() {
        turn++;
        upstream = null;
        source = null;
        newsExpected = false;
    }

    void follow(@Nullable Upstream target) {
        stop();
        upstream = target;
        if (target != null || world.archive().exists()) {
            long now = turn;
            standby.machine().after(moment(), () -> attempt(now));
        }
    }

    /// The upstream has something to send, or has ended.
    void expectNews() {
        if (!newsExpected) {
            newsExpected = true;
            long now = turn;
            standby.machine().after(moment(), () -> fetch(now));
        }
    }

    private long moment() {
        long usual = world.options().pace().stream();
        return usual / 2 + random.nextLong(usual);
    }

    private void attempt(long ofTurn) {
        Upstream target = upstream;
        if (ofTurn != turn || source != null) {
            return;
        }
        world.archive().restore(standby);
        SimInstance from = target == null ? null : world.instanceAt(target);
        if (from == null || !reaches(from) || !from.admits(standby)) {
            tryAgainLater();
            return;
        }
        source = from;
        sourceLife = from.life();
        lastContactNanos = world.nowNanos();
        standby.loseWalMaybe(from);
        take(from);
        if (source != null) {
            world.trace()
                    .line(
                            standby.name.value(),
                            "streams",
                            "from " + from.name + " " + standby.branch());
            long now = turn;
            standby.machine().after(HEARTBEAT_NANOS, () -> heartbeat(now));
        }
    }

    private void tryAgainLater() {
        long now = ++turn;
        standby.machine().after(RETRY_INTERVAL.toNanos(), () -> attempt(now));
    }

    private void heartbeat(long ofTurn) {
        if (ofTurn == turn && source != null) {
            look();
            standby.machine().after(HEARTBEAT_NANOS, () -> heartbeat(ofTurn));
        }
    }

    private void fetch(long ofTurn) {
        if (ofTurn == turn) {
            newsExpected = false;
            look();
        }
    }

    private void look() {
        SimInstance from = source;
        if (from == null) {
            return;
        }
        if (!reaches(from)) {
            if (silenceNanos() > world.options().pace().walReceiverTimeout()) {
                disconnect("no contact");
            }
        } else if (sourceLife != from.life() || !from.sendsWal()) {
            disconnect("the upstream has gone");
        } else {
            lastContactNanos = world.nowNanos();
            take(from);
        }
    }

    private boolean reaches(SimInstance from) {
        return world.network().isOpenBothWays(standby.node, from.node)
                && from.machine().isUp()
                && !from.machine().isFrozen()
                && !from.isStopped();
    }

    private void take(SimInstance from) {
        String refusal = standby.takeWalFrom(from);
        if (refusal != null) {
            disconnect(refusal);
        }
    }

    private void disconnect(String why) {
        world.trace().line(standby.name.value(), "unstreams", why);
        source = null;
        newsExpected = false;
        tryAgainLater();
    }
}
