package io.tamada.dcs;

import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.ControlStore;
import io.tamada.dcs.codec.ClusterViewCodec;
import io.tamada.dcs.codec.ConfigHistory;
import io.tamada.dcs.codec.LeaderTermsCodec;
import io.tamada.dcs.codec.RequestCodec;
import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import io.tamada.dcs.kv.EtcdKv.RangeAnswer;
import io.tamada.dcs.kv.EtcdKv.TxnAnswer;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn;
import io.tamada.dcs.kv.Txn.Compare;
import io.tamada.dcs.kv.Txn.Op;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What operators write, in Patroni's layout. Has a connection of its own, so that nothing that
/// people ask for delays a renewal; its calls are made one after the other.
public final class PatroniControlStore implements ControlStore {

    /// etcd's usual limit for one transaction is 128.
    private static final int MOST_KEYS = 100;

    private final EtcdKv kv;
    private final ClusterKeys keys;
    private final ConfigKeeping configuration;
    private final ClusterViewCodec codec = new ClusterViewCodec(_ -> {});

    public PatroniControlStore(EtcdKv kv, String namespace, String scope) {
        this.kv = kv;
        this.keys = new ClusterKeys(namespace, scope);
        this.configuration = new ConfigKeeping(kv, keys);
    }

    @Override
    public synchronized Sight read(Duration timeout) {
        return switch (kv.range(keys.all(), timeout)) {
            case KvReply.Answered<RangeAnswer>(RangeAnswer answer) -> seen(answer);
            case KvReply.NotApplied<RangeAnswer>(_, String reason) -> new Sight.Unreachable(reason);
            case KvReply.Unknown<RangeAnswer>(String reason) -> new Sight.Unreachable(reason);
        };
    }

    private Sight seen(RangeAnswer answer) {
        Map<String, KeyValue> byName = new HashMap<>();
        for (KeyValue key : answer.kvs()) {
            byName.put(keys.nameOf(key.key()), key);
        }
        KeyValue config = byName.get("config");
        return new Sight.Seen(
                codec.decode(answer.header().revision(), byName),
                config == null
                        ? null
                        : new StoredConfig(config.value().text(), config.modRevision()));
    }

    @Override
    public synchronized WriteOutcome request(
            @Nullable String leader,
            @Nullable String candidate,
            @Nullable String scheduledAt,
            Duration timeout) {
        return write(
                List.of(),
                new Op.Put(keys.failover, RequestCodec.encode(leader, candidate, scheduledAt), 0),
                timeout);
    }

    @Override
    public synchronized WriteOutcome clearRequest(long seenRevision, Duration timeout) {
        return write(
                List.of(new Compare.ModRevisionIs(keys.failover, seenRevision)),
                new Op.Put(keys.failover, RequestCodec.NOTHING, 0),
                timeout);
    }

    @Override
    public synchronized WriteOutcome replaceConfig(
            String json, long seenRevision, Author author, Duration timeout) {
        return configuration.write(json, seenRevision, author, timeout);
    }

    @Override
    public synchronized WriteOutcome putConfig(String json, Author author, Duration timeout) {
        return configuration.write(json, null, author, timeout);
    }

    /// Notes a change of the configuration that was made past this tool, if there was one.
    ///
    /// @return null when that is to be tried again.
    public synchronized @Nullable ConfigHistory noteConfig(Instant at, Duration timeout) {
        return configuration.note(at, timeout);
    }

    /// The last changes of the configuration; null when the store does not answer.
    public synchronized @Nullable ConfigHistory configHistory(Duration timeout) {
        return configuration.history(timeout);
    }

    /// Removes everything that stands below the cluster's prefix, in as many steps as etcd takes.
    public synchronized WriteOutcome removeCluster(Duration timeout) {
        List<KeyValue> all =
                switch (kv.range(keys.all(), timeout)) {
                    case KvReply.Answered<RangeAnswer>(RangeAnswer answer) -> answer.kvs();
                    case KvReply.NotApplied<RangeAnswer> _ -> null;
                    case KvReply.Unknown<RangeAnswer> _ -> null;
                };
        if (all == null) {
            return new WriteOutcome.Unknown("etcd does not answer");
        }
        WriteOutcome outcome = new WriteOutcome.Done();
        for (int i = 0; i < all.size() && outcome instanceof WriteOutcome.Done; i += MOST_KEYS) {
            List<Op> deletes = new ArrayList<>();
            for (KeyValue key : all.subList(i, Math.min(all.size(), i + MOST_KEYS))) {
                deletes.add(new Op.Delete(key.key()));
            }
            outcome = write(List.of(), deletes, timeout);
        }
        return outcome;
    }

    /// Who has led, the newest last.
    ///
    /// @param revision modification revision of the key; zero when it is absent.
    public record Terms(List<LeaderTerm> all, long revision) {}

    /// Reads the terms, linearizably; null when the store does not answer.
    public synchronized @Nullable Terms leaderTerms(Duration timeout) {
        if (!(kv.range(new KeyRange.Key(keys.leaders), timeout)
                instanceof KvReply.Answered<RangeAnswer>(RangeAnswer answer))) {
            return null;
        }
        if (answer.kvs().isEmpty()) {
            return new Terms(List.of(), 0);
        }
        KeyValue key = answer.kvs().getFirst();
        return new Terms(LeaderTermsCodec.decode(key.value()), key.modRevision());
    }

    /// Writes the terms if the key still has the modification revision that was seen, and, for a
    /// term that begins or goes on, if the leader key still is the one of that epoch.
    ///
    /// @param epoch zero for the end of a term: whoever has led may say why it does no more.
    public synchronized WriteOutcome writeLeaderTerms(
            List<LeaderTerm> terms, long seenRevision, long epoch, Duration timeout) {
        List<Compare> guards = new ArrayList<>();
        guards.add(new Compare.ModRevisionIs(keys.leaders, seenRevision));
        if (epoch != 0) {
            guards.add(new Compare.CreateRevisionIs(keys.leader, epoch));
        }
        return write(guards, new Op.Put(keys.leaders, LeaderTermsCodec.encode(terms), 0), timeout);
    }

    private WriteOutcome write(List<Compare> guards, Op op, Duration timeout) {
        return write(guards, List.of(op), timeout);
    }

    private WriteOutcome write(List<Compare> guards, List<Op> ops, Duration timeout) {
        return switch (kv.txn(new Txn(guards, ops, List.of()), timeout)) {
            case KvReply.Answered<TxnAnswer>(TxnAnswer answer) ->
                    answer.succeeded()
                            ? new WriteOutcome.Done()
                            : new WriteOutcome.Refused("the key has changed since it was read");
            case KvReply.NotApplied<TxnAnswer>(_, String reason) ->
                    new WriteOutcome.Unknown(reason);
            case KvReply.Unknown<TxnAnswer>(String reason) -> new WriteOutcome.Unknown(reason);
        };
    }
}
