package io.tamada.dcs;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.ClusterStore;
import io.tamada.core.port.TimeSource;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import io.tamada.dcs.codec.ClusterViewCodec;
import io.tamada.dcs.codec.HistoryCodec;
import io.tamada.dcs.codec.MemberCodec;
import io.tamada.dcs.codec.RequestCodec;
import io.tamada.dcs.codec.StatusCodec;
import io.tamada.dcs.codec.SyncCodec;
import io.tamada.dcs.codec.Warnings;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import io.tamada.dcs.kv.EtcdKv.RangeAnswer;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn.Compare;
import io.tamada.dcs.kv.Txn.Op;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// The cluster store in etcd, in the layout that Patroni gives it: same keys, same documents,
/// same leases, stricter conditions.
///
/// Keeps no thread and no clock of its own. Called by one thread.
public final class PatroniClusterStore implements ClusterStore {

    private static final WriteOutcome NOT_LEADER =
            new WriteOutcome.Refused("the leader key is not held by this process");

    private final EtcdKv kv;
    private final TimeSource clock;
    private final ClusterKeys keys;
    private final Bytes memberKey;
    private final ClusterViewCodec codec;
    private final Session session;
    private final Leadership leadership;
    private final GuardedWrites writes;
    private final InitializationClaim claim;
    private final RebuildTurn rebuild;

    /// Our member key as it was last read or written; null when it was absent or is not known.
    private @Nullable Published memberShown;

    /// The status as it was last read or written; null when it was absent or is not known.
    private @Nullable Bytes statusShown;

    private record Published(Bytes value, long leaseId) {}

    public PatroniClusterStore(
            EtcdKv kv, TimeSource clock, String namespace, String scope, MemberName self) {
        this(
                kv,
                clock,
                namespace,
                scope,
                self,
                LoggerFactory.getLogger(PatroniClusterStore.class)::warn);
    }

    /// @param warnings hears what is wrong with values that others have written.
    public PatroniClusterStore(
            EtcdKv kv,
            TimeSource clock,
            String namespace,
            String scope,
            MemberName self,
            Warnings warnings) {
        this.kv = kv;
        this.clock = clock;
        keys = new ClusterKeys(namespace, scope);
        memberKey = keys.member(self);
        codec = new ClusterViewCodec(warnings);
        session = new Session(kv, clock);
        leadership = new Leadership(kv, keys, session, self);
        writes = new GuardedWrites(kv, session);
        claim = new InitializationClaim(writes, keys, session, leadership);
        rebuild = new RebuildTurn(writes, keys, session, self);
    }

    @Override
    public ReadOutcome read(Duration timeout) {
        return switch (kv.range(keys.all(), timeout)) {
            case KvReply.Answered<RangeAnswer>(RangeAnswer answer) -> view(answer);
            case KvReply.NotApplied<RangeAnswer>(_, String reason) ->
                    new ReadOutcome.Unreachable(reason);
            case KvReply.Unknown<RangeAnswer>(String reason) -> new ReadOutcome.Unreachable(reason);
        };
    }

    private ReadOutcome view(RangeAnswer answer) {
        Map<String, KeyValue> byName = new HashMap<>();
        for (KeyValue key : answer.kvs()) {
            byName.put(keys.nameOf(key.key()), key);
        }
        KeyValue member = byName.get(keys.nameOf(memberKey));
        memberShown = member == null ? null : new Published(member.value(), member.leaseId());
        KeyValue status = byName.get("status");
        statusShown = status == null ? null : status.value();
        rebuild.observe(byName.get("tamada/rebuild"));
        leadership.observeSync(byName.get("sync"));
        ClusterView view = codec.decode(answer.header().revision(), byName);
        return new ReadOutcome.View(
                view,
                leadership.observe(byName.get("leader"), answer.header().raftTerm()),
                claim.observe(byName.get("initialize")));
    }

    @Override
    public WriteOutcome keepSession(Duration ttl, Duration timeout) {
        Budget budget = Budget.of(clock, timeout);
        return switch (session.keepOrGrant(ttl, budget)) {
            case Session.Pulse.Alive _ -> {
                WriteOutcome followed = claim.follow(budget);
                WriteOutcome turn = rebuild.follow(budget);
                yield turn instanceof WriteOutcome.Unknown ? turn : followed;
            }
            case Session.Pulse.Gone(String reason) -> new WriteOutcome.Unknown(reason);
            case Session.Pulse.Unknown(String reason) -> new WriteOutcome.Unknown(reason);
        };
    }

    @Override
    public RenewOutcome renewLeadership(Duration ttl, Duration timeout) {
        return leadership.renew(ttl, Budget.of(clock, timeout));
    }

    @Override
    public AcquireOutcome acquireLeadership(ClusterView seen, Duration ttl, Duration timeout) {
        return leadership.acquire(seen, ttl, Budget.of(clock, timeout));
    }

    @Override
    public AcquireOutcome adoptLeadership(ClusterView seen, Duration ttl, Duration timeout) {
        return leadership.adopt(seen, ttl, Budget.of(clock, timeout));
    }

    @Override
    public WriteOutcome releaseLeadership(Duration timeout) {
        return leadership.release(Budget.of(clock, timeout));
    }

    @Override
    public WriteOutcome publishMember(Member member, Duration timeout) {
        long lease = session.leaseId();
        if (lease == 0) {
            return GuardedWrites.NO_SESSION;
        }
        Published wanted = new Published(MemberCodec.encode(member), lease);
        if (wanted.equals(memberShown)) {
            return new WriteOutcome.Done();
        }
        memberShown = null;
        return writes.send(
                List.of(),
                new Op.Put(memberKey, wanted.value(), lease),
                "the member key was not written",
                Budget.of(clock, timeout),
                _ -> memberShown = wanted);
    }

    @Override
    public WriteOutcome claimInitialization(Duration timeout) {
        return claim.claim(Budget.of(clock, timeout));
    }

    @Override
    public WriteOutcome completeInitialization(SystemIdentifier system, Duration timeout) {
        return claim.complete(system, Budget.of(clock, timeout));
    }

    @Override
    public WriteOutcome abandonInitialization(Duration timeout) {
        return claim.abandon(Budget.of(clock, timeout));
    }

    @Override
    public WriteOutcome claimRebuild(Duration timeout) {
        return rebuild.claim(Budget.of(clock, timeout));
    }

    @Override
    public WriteOutcome releaseRebuild(Duration timeout) {
        return rebuild.release(Budget.of(clock, timeout));
    }

    @Override
    public WriteOutcome createConfig(String json, Duration timeout) {
        return writes.send(
                List.of(new Compare.CreateRevisionIs(keys.config, 0)),
                new Op.Put(keys.config, Bytes.utf8(json), 0),
                "the config key exists",
                Budget.of(clock, timeout),
                _ -> {});
    }

    @Override
    public WriteOutcome writeStatus(ClusterStatus status, Duration timeout) {
        Bytes value = StatusCodec.encode(status);
        if (leadership.isHeld() && value.equals(statusShown)) {
            return new WriteOutcome.Done();
        }
        statusShown = null;
        return asLeader(keys.status, value, timeout, () -> statusShown = value);
    }

    @Override
    public WriteOutcome writeHistory(TimelineHistory history, Duration timeout) {
        return asLeader(keys.history, HistoryCodec.encode(history), timeout, () -> {});
    }

    @Override
    public WriteOutcome writeSync(SyncState wanted, long seenRevision, Duration timeout) {
        if (!leadership.isHeld()) {
            return NOT_LEADER;
        }
        List<Compare> guards =
                GuardedWrites.and(
                        leadership.guard(), new Compare.ModRevisionIs(keys.sync, seenRevision));
        Op write =
                wanted.leader() == null
                        ? new Op.Delete(keys.sync)
                        : new Op.Put(keys.sync, SyncCodec.encode(wanted), 0);
        return writes.send(
                guards,
                write,
                "the sync key has changed, or the leader key is not ours any more",
                Budget.of(clock, timeout),
                _ -> {});
    }

    @Override
    public WriteOutcome clearFailover(long seenRevision, Duration timeout) {
        if (!leadership.isHeld()) {
            return NOT_LEADER;
        }
        return writes.send(
                GuardedWrites.and(
                        leadership.guard(), new Compare.ModRevisionIs(keys.failover, seenRevision)),
                new Op.Put(keys.failover, RequestCodec.NOTHING, 0),
                "the failover key has changed, or the leader key is not ours any more",
                Budget.of(clock, timeout),
                _ -> {});
    }

    @Override
    public WriteOutcome writeFailsafe(
            SortedMap<String, String> urls, long seenRevision, Duration timeout) {
        if (!leadership.isHeld()) {
            return NOT_LEADER;
        }
        return writes.send(
                GuardedWrites.and(
                        leadership.guard(), new Compare.ModRevisionIs(keys.failsafe, seenRevision)),
                new Op.Put(keys.failsafe, RequestCodec.encodeFailsafe(urls), 0),
                "the failsafe key has changed, or the leader key is not ours any more",
                Budget.of(clock, timeout),
                _ -> {});
    }

    @Override
    public WriteOutcome claimTimeline(Timeline timeline, Duration timeout) {
        return asLeader(keys.timeline, Bytes.utf8(timeline.toString()), timeout, () -> {});
    }

    private WriteOutcome asLeader(Bytes key, Bytes value, Duration timeout, Runnable done) {
        if (!leadership.isHeld()) {
            return NOT_LEADER;
        }
        return writes.send(
                leadership.guard(),
                new Op.Put(key, value, 0),
                "the leader key is not ours any more",
                Budget.of(clock, timeout),
                _ -> done.run());
    }
}
