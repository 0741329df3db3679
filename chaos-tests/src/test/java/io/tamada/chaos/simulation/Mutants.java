package io.tamada.chaos.simulation;

import io.tamada.core.port.ClusterStore;
import io.tamada.core.port.TimeSource;
import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;

/// The mistakes of {@link Mutation}, where they are planted in a port.
final class Mutants {

    private Mutants() {}

    static ClusterStore store(World world, TimeSource time, ClusterStore real) {
        if (world.mutation() == Mutation.SYNC_SHRUNK_BEFORE_PUBLISHED) {
            return LateSync.over(real);
        }
        Mutation mutation = world.mutation();
        if (mutation != Mutation.DEADLINE_FROM_THE_ANSWER
                && mutation != Mutation.TIMELINE_UNCLAIMED) {
            return real;
        }
        return (ClusterStore)
                Proxy.newProxyInstance(
                        ClusterStore.class.getClassLoader(),
                        new Class<?>[] {ClusterStore.class},
                        (_, method, arguments) -> {
                            try {
                                if (mutation == Mutation.TIMELINE_UNCLAIMED) {
                                    return method.getName().equals("claimTimeline")
                                            ? new ClusterStore.WriteOutcome.Done()
                                            : method.invoke(real, arguments);
                                }
                                return lateDeadline(method.invoke(real, arguments), time);
                            } catch (InvocationTargetException failed) {
                                throw failed.getCause() == null ? failed : failed.getCause();
                            }
                        });
    }

    private static Object lateDeadline(Object outcome, TimeSource time) {
        return switch (outcome) {
            case ClusterStore.RenewOutcome.Renewed(_, Duration ttl) ->
                    new ClusterStore.RenewOutcome.Renewed(time.now(), ttl);
            case ClusterStore.AcquireOutcome.Acquired(_, Duration ttl) ->
                    new ClusterStore.AcquireOutcome.Acquired(time.now(), ttl);
            default -> outcome;
        };
    }

    static Settings settings(World world, Settings real) {
        return world.mutation() == Mutation.LAG_UNCHECKED ? real.allowing(1L << 40) : real;
    }

    static EtcdKv kv(World world, EtcdKv real) {
        return world.mutation() == Mutation.KEEPALIVE_BELIEVED ? new Credulous(real) : real;
    }

    /// Gives every keepalive answer the term of the latest reading, so that it looks proven.
    private static final class Credulous implements EtcdKv {

        private final EtcdKv real;
        private long term;

        Credulous(EtcdKv real) {
            this.real = real;
        }

        @Override
        public KvReply<RangeAnswer> range(KeyRange range, Duration timeout) {
            KvReply<RangeAnswer> reply = real.range(range, timeout);
            if (reply instanceof KvReply.Answered<RangeAnswer>(RangeAnswer answer)) {
                if (term == 0) {
                    term = answer.header().raftTerm();
                }
                return new KvReply.Answered<>(
                        new RangeAnswer(inTerm(answer.header()), answer.kvs()));
            }
            return reply;
        }

        @Override
        public KvReply<TxnAnswer> txn(Txn txn, Duration timeout) {
            return real.txn(txn, timeout);
        }

        @Override
        public KvReply<GrantAnswer> leaseGrant(long ttlSeconds, Duration timeout) {
            return real.leaseGrant(ttlSeconds, timeout);
        }

        @Override
        public KvReply<KeepAliveAnswer> leaseKeepAliveOnce(long leaseId, Duration timeout) {
            KvReply<KeepAliveAnswer> reply = real.leaseKeepAliveOnce(leaseId, timeout);
            return reply instanceof KvReply.Answered<KeepAliveAnswer>(KeepAliveAnswer answer)
                    ? new KvReply.Answered<>(
                            new KeepAliveAnswer(inTerm(answer.header()), answer.ttlSeconds()))
                    : reply;
        }

        private Header inTerm(Header header) {
            return new Header(header.clusterId(), header.memberId(), header.revision(), term);
        }
    }
}
