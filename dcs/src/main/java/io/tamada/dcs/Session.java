package io.tamada.dcs;

import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.EtcdKv.GrantAnswer;
import io.tamada.dcs.kv.EtcdKv.KeepAliveAnswer;
import io.tamada.dcs.kv.KvReply;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// The lease of this process: which one it is, which ones were ours before it, and what is known
/// of its life. A lease that is given up is left to run out, never revoked: a revoke that arrives
/// late would delete keys of the present.
final class Session {

    /// How many given-up leases are still known as ours. Each outlives its successor's grant by
    /// one ttl at the most.
    private static final int FORMER_LEASES = 8;

    private final EtcdKv kv;
    private final TimeSource clock;
    private final Deque<Long> former = new ArrayDeque<>();
    private long leaseId;
    private Duration ttl = Duration.ZERO;

    Session(EtcdKv kv, TimeSource clock) {
        this.kv = kv;
        this.clock = clock;
    }

    /// What one attempt to keep the lease alive has shown.
    sealed interface Pulse {

        /// The lease lives, or lived when the answer was made.
        ///
        /// @param sentAt when the request was sent.
        /// @param raftTerm of the answer.
        /// @param ttl how long the lease lives from `sentAt` if the answer is to be trusted.
        record Alive(Monotonic sentAt, long raftTerm, Duration ttl, Origin origin)
                implements Pulse {}

        /// etcd does not know the lease (any more).
        record Gone(String reason) implements Pulse {}

        record Unknown(String reason) implements Pulse {}
    }

    /// A grant goes through Raft and is true as it stands. A keepalive is answered by whoever
    /// thinks it is etcd's leader, so it is true only together with readings of the same term.
    enum Origin {
        GRANT,
        KEEPALIVE
    }

    /// The present lease; zero when there is none.
    long leaseId() {
        return leaseId;
    }

    /// Whether the lease was granted with this ttl.
    boolean fits(Duration wanted) {
        return leaseId != 0 && ttl.equals(wanted);
    }

    /// Whether a key on this lease was put there by this process.
    boolean owns(long lease) {
        return lease != 0 && (lease == leaseId || former.contains(lease));
    }

    /// Keeps the lease alive, or makes a new one when there is none that fits.
    Pulse keepOrGrant(Duration wanted, Budget budget) {
        if (!fits(wanted)) {
            return grant(wanted, budget);
        }
        return switch (keepAlive(budget)) {
            case Pulse.Gone _ -> grant(wanted, budget);
            case Pulse pulse -> pulse;
        };
    }

    Pulse keepAlive(Budget budget) {
        if (leaseId == 0) {
            return new Pulse.Gone("there is no lease");
        }
        Monotonic sentAt = clock.now();
        return switch (kv.leaseKeepAliveOnce(leaseId, budget.left())) {
            case KvReply.Answered<KeepAliveAnswer>(KeepAliveAnswer answer) -> {
                if (answer.ttlSeconds() <= 0) {
                    forgetLease();
                    yield new Pulse.Gone("the lease has run out");
                }
                yield new Pulse.Alive(
                        sentAt,
                        answer.header().raftTerm(),
                        shorter(ttl, answer.ttlSeconds()),
                        Origin.KEEPALIVE);
            }
            case KvReply.NotApplied<KeepAliveAnswer>(var cause, String reason)
                    when cause == KvReply.Cause.LEASE_NOT_FOUND -> {
                forgetLease();
                yield new Pulse.Gone(reason);
            }
            case KvReply.NotApplied<KeepAliveAnswer>(_, String reason) -> new Pulse.Unknown(reason);
            case KvReply.Unknown<KeepAliveAnswer>(String reason) -> new Pulse.Unknown(reason);
        };
    }

    Pulse grant(Duration wanted, Budget budget) {
        long seconds = wanted.plusNanos(999_999_999).toSeconds();
        Monotonic sentAt = clock.now();
        return switch (kv.leaseGrant(seconds, budget.left())) {
            case KvReply.Answered<GrantAnswer>(GrantAnswer answer) -> {
                forgetLease();
                leaseId = answer.leaseId();
                ttl = wanted;
                yield new Pulse.Alive(
                        sentAt,
                        answer.header().raftTerm(),
                        shorter(wanted, answer.ttlSeconds()),
                        Origin.GRANT);
            }
            case KvReply.NotApplied<GrantAnswer>(_, String reason) -> new Pulse.Unknown(reason);
            case KvReply.Unknown<GrantAnswer>(String reason) -> new Pulse.Unknown(reason);
        };
    }

    /// The lease is not used any more. Keys on it are still recognised as ours.
    void forgetLease() {
        if (leaseId != 0) {
            former.addLast(leaseId);
            if (former.size() > FORMER_LEASES) {
                former.removeFirst();
            }
        }
        leaseId = 0;
    }

    private static Duration shorter(Duration wanted, long answeredSeconds) {
        Duration answered = Duration.ofSeconds(answeredSeconds);
        return answered.compareTo(wanted) < 0 ? answered : wanted;
    }
}
