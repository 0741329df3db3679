package io.tamada.chaos.simulation;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberTags;
import io.tamada.core.port.ClusterStore;
import io.tamada.core.port.TimeSource;
import io.tamada.core.wal.Lsn;
import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/// The mistakes of {@link Mutation}, where they are planted in a port.
final class Mutants {

    private Mutants() {}

    static ClusterStore store(World world, TimeSource time, ClusterStore real) {
        if (world.mutation() == Mutation.SYNC_SHRUNK_BEFORE_PUBLISHED) {
            return LateSync.over(real);
        }
        Mutation mutation = world.mutation();
        ViewChange change =
                switch (mutation) {
                    case RECORDS_UNSEEN -> new RecordsUnseen();
                    case STATUS_FORGOTTEN -> new StatusForgotten();
                    default -> null;
                };
        if (change == null
                && mutation != Mutation.DEADLINE_FROM_THE_ANSWER
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
                                Object outcome = method.invoke(real, arguments);
                                if (change == null) {
                                    return lateDeadline(outcome, time);
                                }
                                return outcome
                                                instanceof
                                                ClusterStore.ReadOutcome.View(
                                                        ClusterView view,
                                                        boolean holds,
                                                        boolean claim)
                                        ? new ClusterStore.ReadOutcome.View(
                                                change.of(view), holds, claim)
                                        : outcome;
                            } catch (InvocationTargetException failed) {
                                throw failed.getCause() == null ? failed : failed.getCause();
                            }
                        });
    }

    private interface ViewChange {
        ClusterView of(ClusterView view);
    }

    /// While nobody leads, whoever has said that it runs as a primary is not seen.
    private static final class RecordsUnseen implements ViewChange {

        @Override
        public ClusterView of(ClusterView view) {
            return view.leader() == null ? withMembers(view, List.of()) : view;
        }

        private static ClusterView withMembers(ClusterView view, List<Member> members) {
            return new ClusterView(
                    view.revision(),
                    view.initialization(),
                    view.leader(),
                    members,
                    view.config(),
                    view.history(),
                    view.historyRevision(),
                    view.status(),
                    view.sync(),
                    view.syncRevision(),
                    view.failover(),
                    view.failsafe(),
                    view.claimedTimeline(),
                    view.rebuilding());
        }
    }

    /// A status key that is gone reads as one that says nothing.
    private static final class StatusForgotten implements ViewChange {

        private static final ClusterStatus NOTHING =
                new ClusterStatus(new Lsn(1), new TreeMap<>(), List.of());

        @Override
        public ClusterView of(ClusterView view) {
            return view.leader() == null && view.status().equals(ClusterStatus.EMPTY)
                    ? view.with(NOTHING, view.sync())
                    : view;
        }
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

    static MemberTags tags(World world, MemberTags real) {
        return world.mutation() == Mutation.TAGS_UNREAD ? Tagging.harmless(real) : real;
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
