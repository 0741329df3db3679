package io.tamada.chaos.simulation;

import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.KvReply.Answered;
import io.tamada.dcs.kv.KvReply.Cause;
import io.tamada.dcs.kv.KvReply.NotApplied;
import io.tamada.dcs.kv.KvReply.Unknown;
import io.tamada.dcs.kv.Txn;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One node's connection to etcd, through one of its members at a time. The request and the
/// answer travel on their own; either may be late or lost, and the caller only ever sees what it
/// has in its hands when its timeout ends.
final class SimEtcdKv implements EtcdKv {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long FAIL_OVER = 200 * MILLI;
    private static final int MEMBERS = 3;
    private static final int PER_THOUSAND = 1000;
    private static final long LATE = 4 * SECOND;
    private static final long LATE_TTLS = 3;
    private static final long NO_LEADER_RETRY = 50 * MILLI;
    private static final long NO_LEADER_PATIENCE = 4 * SECOND;

    private static final class Box<T> {
        @Nullable KvReply<T> reply;
    }

    private final World world;
    private final Node node;
    private final Agent agent;
    private final SplittableRandom random;
    private long member;

    SimEtcdKv(World world, Node node, Agent agent, SplittableRandom random) {
        this.world = world;
        this.node = node;
        this.agent = agent;
        this.random = random;
        this.member = random.nextLong(MEMBERS);
    }

    @Override
    public KvReply<RangeAnswer> range(KeyRange range, Duration timeout) {
        SimEtcd etcd = world.etcd();
        return call(
                "range",
                timeout,
                () -> {
                    SimEtcd.Deposed deposed = etcd.deposed();
                    return new Answered<>(
                            deposed != null
                                            && deposed.member() == member
                                            && world.mutation() == Mutation.STALE_READ_ACCEPTED
                                    ? etcd.staleRange(range, deposed)
                                    : etcd.range(range));
                });
    }

    @Override
    public KvReply<TxnAnswer> txn(Txn txn, Duration timeout) {
        return call("txn", timeout, () -> world.etcd().txn(txn));
    }

    @Override
    public KvReply<GrantAnswer> leaseGrant(long ttlSeconds, Duration timeout) {
        return call("grant", timeout, () -> new Answered<>(world.etcd().grant(ttlSeconds)));
    }

    @Override
    public KvReply<KeepAliveAnswer> leaseKeepAliveOnce(long leaseId, Duration timeout) {
        SimEtcd etcd = world.etcd();
        return call(
                "keepalive",
                timeout,
                () -> {
                    SimEtcd.Deposed deposed = etcd.deposed();
                    return new Answered<>(
                            deposed != null && deposed.member() == member
                                    ? etcd.staleKeepAlive(leaseId, deposed)
                                    : etcd.keepAlive(leaseId));
                });
    }

    private <T> KvReply<T> call(String what, Duration timeout, Supplier<KvReply<T>> apply) {
        agent.stallMaybe();
        SimProcess process = agent.process();
        Box<T> box = new Box<>();
        long token = process.beginWait();
        int etcd = world.network().etcd();
        long there = world.network().delayNanos(node.index(), etcd);
        if (there != SimNetwork.LOST) {
            long late = struck(world.weather().requestLate()) ? lateness() : 0;
            world.scheduler()
                    .after(
                            agent.moment() + there + late,
                            () -> arrive(what, apply, box, process, token, 0));
        }
        process.await(token, Math.max(MILLI, node.clock().trueNanosOf(timeout)));
        KvReply<T> reply = box.reply;
        if (reply == null) {
            member = random.nextLong(MEMBERS);
            world.trace().line(node.name(), "etcd " + what, "no answer");
            return new Unknown<>("no answer within " + timeout.toMillis() + " ms");
        }
        if (reply instanceof NotApplied<T>(Cause cause, String reason)) {
            member = random.nextLong(MEMBERS);
            world.trace().line(node.name(), "etcd " + what, cause + " " + reason);
        }
        return reply;
    }

    /// The request reaches a member of etcd.
    private <T> void arrive(
            String what,
            Supplier<KvReply<T>> apply,
            Box<T> box,
            SimProcess process,
            long token,
            long waitedNanos) {
        SimEtcd etcd = world.etcd();
        SimEtcd.Deposed deposed = etcd.deposed();
        boolean local =
                what.equals("keepalive")
                        || (what.equals("range")
                                && world.mutation() == Mutation.STALE_READ_ACCEPTED);
        boolean atDeposed = deposed != null && deposed.member() == member;
        if (local && atDeposed) {
            answer(apply.get(), box, process, token);
        } else if (atDeposed && etcd.hasLeader() && what.equals("range")) {
            // Safe to repeat, so it is asked of another member; keepalives may stay where they
            // were.
            world.scheduler()
                    .after(
                            random.nextLong(FAIL_OVER),
                            () -> answer(apply.get(), box, process, token));
        } else if (!etcd.hasLeader() || atDeposed) {
            if (random.nextBoolean()) {
                answer(
                        new NotApplied<>(Cause.UNREACHABLE, "etcdserver: no leader"),
                        box,
                        process,
                        token);
            } else if (waitedNanos < NO_LEADER_PATIENCE) {
                world.scheduler()
                        .after(
                                NO_LEADER_RETRY,
                                () ->
                                        arrive(
                                                what,
                                                apply,
                                                box,
                                                process,
                                                token,
                                                waitedNanos + NO_LEADER_RETRY));
            }
        } else {
            KvReply<T> reply = apply.get();
            if (struck(world.weather().answerLost())) {
                world.trace().line(node.name(), "etcd " + what, "applied, the answer is lost");
            } else {
                answer(reply, box, process, token);
            }
        }
    }

    private <T> void answer(KvReply<T> reply, Box<T> box, SimProcess process, long token) {
        long back = world.network().delayNanos(world.network().etcd(), node.index());
        if (back != SimNetwork.LOST) {
            world.scheduler()
                    .after(
                            back,
                            () -> {
                                box.reply = reply;
                                process.finish(token);
                            });
        }
    }

    /// Beyond the patience of any caller; half of them outlive a lease, or two, as a request does
    /// that TCP delivers once a link is back.
    private long lateness() {
        return random.nextLong(
                random.nextBoolean() ? LATE : LATE_TTLS * world.options().ttlNanos());
    }

    private boolean struck(int perThousand) {
        return perThousand > 0 && random.nextInt(PER_THOUSAND) < perThousand;
    }
}
