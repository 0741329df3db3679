package io.tamada.dcs.grpc;

import io.tamada.dcs.kv.KvReply;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// The way of one call over the endpoints within its timeout. In the first round nobody is waited
/// for long, because there are others; every further round has twice the patience, because a slow
/// etcd is not a stopped one.
final class Tour {

    /// The longest that one endpoint is waited for in the first round when there are others.
    private static final Duration LONGEST_FIRST_TRY = Duration.ofSeconds(1);

    /// After all endpoints have failed, so long nobody is asked.
    private static final Duration PAUSE_BETWEEN_ROUNDS = Duration.ofMillis(100);

    /// With less time than this nobody is asked: the answer could not come, and the endpoint
    /// would be blamed for it.
    private static final Duration LEAST_TRY = Duration.ofMillis(10);

    /// With less time than this left nobody is asked a second time.
    private static final Duration LEAST_LATER_TRY = Duration.ofMillis(100);

    /// Doubling stops here; the end of the timeout is nearer anyway.
    private static final int MOST_DOUBLINGS = 10;

    private final Endpoints endpoints;
    private final long endNanos;
    private final Duration firstTry;
    private final Set<Endpoint> asked = new HashSet<>();
    private int round;
    private boolean maybeApplied;

    /// What each endpoint failed with last; a later round may end before it has asked them all.
    private final Map<Endpoint, String> faults = new LinkedHashMap<>();

    Tour(Endpoints endpoints, Duration timeout) {
        this.endpoints = endpoints;
        endNanos = System.nanoTime() + timeout.toNanos();
        firstTry = endpoints.count() == 1 ? timeout : firstTry(timeout);
    }

    private Duration firstTry(Duration timeout) {
        Duration share = timeout.dividedBy(endpoints.count() + 1L);
        return share.compareTo(LONGEST_FIRST_TRY) < 0 ? share : LONGEST_FIRST_TRY;
    }

    /// The next endpoint to ask, or null when there is no time for another.
    @Nullable Endpoint next() {
        boolean isFirst = round == 0 && asked.isEmpty();
        Duration least = isFirst ? LEAST_TRY : LEAST_LATER_TRY;
        if (leftNanos() < least.toNanos() || Thread.currentThread().isInterrupted()) {
            return null;
        }
        Endpoint endpoint = endpoints.next(asked);
        if (endpoint == null) {
            if (!pause()) {
                return null;
            }
            round++;
            asked.clear();
            endpoint = endpoints.next(asked);
        }
        if (endpoint != null) {
            asked.add(endpoint);
        }
        return endpoint;
    }

    /// How long the endpoint at hand is waited for.
    Duration patience() {
        long nanos = firstTry.toNanos() << Math.min(round, MOST_DOUBLINGS);
        return Duration.ofNanos(Math.max(1, Math.min(nanos, leftNanos())));
    }

    private long leftNanos() {
        return endNanos - System.nanoTime();
    }

    private boolean pause() {
        if (leftNanos() < PAUSE_BETWEEN_ROUNDS.plus(LEAST_LATER_TRY).toNanos()) {
            return false;
        }
        try {
            Thread.sleep(PAUSE_BETWEEN_ROUNDS);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// A request of this call may have had an effect, whatever the others did.
    void maybeApplied() {
        maybeApplied = true;
    }

    void failedAt(Endpoint endpoint, String reason) {
        faults.put(endpoint, reason);
    }

    <A> KvReply<A> fruitless() {
        StringJoiner told = new StringJoiner("; ");
        faults.forEach((endpoint, fault) -> told.add(endpoint + ": " + fault));
        String reason = faults.isEmpty() ? "there was no time to ask" : told.toString();
        return maybeApplied
                ? new KvReply.Unknown<>(reason)
                : new KvReply.NotApplied<>(KvReply.Cause.UNREACHABLE, reason);
    }
}
