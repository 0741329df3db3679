package io.tamada.dcs.grpc;

import io.tamada.dcs.kv.Bytes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wakes somebody when keys below a prefix change. Events wake, they do not decide: nothing is
/// kept of them, and whoever is woken reads for himself.
///
/// That makes the watch simple and hard to lose. Every stream begins at the present and wakes
/// once when etcd has confirmed it, so that whatever happened before is read; no revision has to
/// be carried over, and no compaction can make one invalid. A stream that ends for whatever
/// reason (no leader, compaction, a silent end), or that does not answer, is followed by another.
public final class EtcdWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EtcdWatch.class);

    /// How often the stream is asked for a sign of life.
    private static final Duration ASK_EVERY = Duration.ofSeconds(1);

    /// A stream without a sign of life for so long is given up.
    private static final Duration SILENT_AT_MOST = Duration.ofSeconds(3);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final Endpoints endpoints;
    private final Credentials credentials;
    private final Bytes prefix;
    private final ChangeFilter filter;
    private final Runnable wake;
    private final Thread thread;
    private volatile boolean closed;

    EtcdWatch(
            Endpoints endpoints,
            Credentials credentials,
            Bytes prefix,
            ChangeFilter filter,
            Runnable wake) {
        this.endpoints = endpoints;
        this.credentials = credentials;
        this.prefix = prefix;
        this.filter = filter;
        this.wake = wake;
        thread = Thread.ofPlatform().name("tamada-etcd-watch").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        Duration pause = SHORTEST_PAUSE;
        while (!closed) {
            try {
                boolean lived = watchOnce();
                pause = lived ? SHORTEST_PAUSE : longer(pause);
                Thread.sleep(pause);
            } catch (InterruptedException _) {
                if (!closed) {
                    LOG.warn("the watch was interrupted and goes on");
                }
            } catch (RuntimeException bug) {
                LOG.error("the watch has failed and goes on", bug);
                LockSupport.parkNanos(LONGEST_PAUSE.toNanos());
            }
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    /// Watches until the stream ends.
    ///
    /// @return whether etcd had confirmed it.
    private boolean watchOnce() throws InterruptedException {
        Endpoint endpoint = endpoints.next(Set.of());
        if (endpoint == null) {
            return false;
        }
        var refused = credentials.ensure(endpoint, SILENT_AT_MOST);
        if (refused != null) {
            gaveUp(endpoint, refused.failure(), refused.reason());
            return false;
        }
        WatchStream stream = new WatchStream(prefix, filter, wake);
        try {
            stream.open(endpoint.channel(), credentials.headers());
            while (!stream.endsWithin(ASK_EVERY)) {
                if (stream.silence().compareTo(SILENT_AT_MOST) > 0) {
                    endpoints.silent(endpoint, "the watch is silent");
                    return stream.wasConfirmed();
                }
                stream.askForProgress();
            }
            gaveUp(endpoint, stream.failure(), stream.reason());
            return stream.wasConfirmed();
        } finally {
            stream.close();
        }
    }

    private void gaveUp(Endpoint endpoint, Attempt.Failure failure, String reason) {
        if (closed) {
            return;
        }
        LOG.debug("the watch at {} ended ({}); another one is begun", endpoint, reason);
        switch (failure) {
            case TOKEN_REFUSED -> credentials.drop();
            case NO_LEADER, UNAVAILABLE -> endpoints.refusing(endpoint, reason);
            case TIMED_OUT, LEASE_NOT_FOUND, REJECTED -> {}
        }
    }

    /// Ends the watch; nobody is woken after this returned.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_WITHIN);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
