package io.tamada.dcs;

import io.tamada.core.cluster.ConfigChange;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.dcs.codec.ConfigHistory;
import io.tamada.dcs.kv.Bytes;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes the `config` key and its history in one step, so that neither is ever without the other.
///
/// The history is for people. Where it cannot be kept, the change is made all the same, and the
/// leader notices it as one that came past this tool.
final class ConfigKeeping {

    /// Somebody may write at the same time, once or twice.
    private static final int MOST_ATTEMPTS = 4;

    private static final Duration LEAST = Duration.ofMillis(1);

    private final EtcdKv kv;
    private final ClusterKeys keys;

    ConfigKeeping(EtcdKv kv, ClusterKeys keys) {
        this.kv = kv;
        this.keys = keys;
    }

    /// Both keys as they are.
    ///
    /// @param config null when there is none.
    /// @param history null when there is none, or none that can be read.
    private record Sight(
            @Nullable KeyValue config, @Nullable KeyValue stored, @Nullable ConfigHistory history) {

        long configRevision() {
            return config == null ? 0 : config.modRevision();
        }

        long historyRevision() {
            return stored == null ? 0 : stored.modRevision();
        }

        String before() {
            return config == null ? "{}" : config.value().text();
        }

        /// What is known, up to the configuration that is there now.
        ConfigHistory caughtUp(Instant at) {
            ConfigHistory known = history == null ? ConfigHistory.from(before()) : history;
            return known.with(
                    null,
                    before(),
                    new Author(
                            ConfigChange.UNKNOWN,
                            "past this tool, noticed later",
                            at.toEpochMilli()));
        }
    }

    /// @param seenRevision the key must still have; null for whatever it holds.
    WriteOutcome write(String json, @Nullable Long seenRevision, Author author, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            Sight seen = look(left(end));
            if (seen == null) {
                return new WriteOutcome.Unknown("etcd does not answer");
            }
            if (seenRevision != null && seen.configRevision() != seenRevision) {
                return changed();
            }
            ConfigHistory next =
                    seen.caughtUp(Instant.ofEpochMilli(author.atEpochMillis()))
                            .with(seen.before(), json, author);
            switch (both(seen, json, next, left(end))) {
                case KvReply.Answered<TxnAnswer>(TxnAnswer answer) -> {
                    if (answer.succeeded()) {
                        return new WriteOutcome.Done();
                    }
                }
                case KvReply.NotApplied<TxnAnswer>(_, String reason) -> {
                    return new WriteOutcome.Unknown(reason);
                }
                case KvReply.Unknown<TxnAnswer>(String reason) -> {
                    return new WriteOutcome.Unknown(reason);
                }
            }
        }
        return alone(json, seenRevision, left(end));
    }

    /// Notes what has been changed past this tool since the last change that is known; a history
    /// begins here where there is none.
    ///
    /// @return null when the store does not answer, or somebody else has written meanwhile.
    @Nullable ConfigHistory note(Instant at, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        Sight seen = look(left(end));
        if (seen == null || seen.config() == null) {
            return null;
        }
        ConfigHistory next =
                seen.history() == null
                        ? ConfigHistory.from(seen.before())
                        : seen.history()
                                .with(
                                        null,
                                        seen.before(),
                                        new Author(
                                                ConfigChange.UNKNOWN,
                                                "past this tool",
                                                at.toEpochMilli()));
        if (next.equals(seen.history())) {
            return next;
        }
        return kv.txn(
                                        new Txn(
                                                guards(seen),
                                                List.of(
                                                        new Op.Put(
                                                                keys.configHistory,
                                                                next.encode(),
                                                                0)),
                                                List.of()),
                                        left(end))
                                instanceof KvReply.Answered<TxnAnswer>(TxnAnswer answer)
                        && answer.succeeded()
                ? next
                : null;
    }

    /// Null when the store does not answer.
    @Nullable ConfigHistory history(Duration timeout) {
        Sight seen = look(timeout);
        if (seen == null) {
            return null;
        }
        return seen.history() == null ? ConfigHistory.from(seen.before()) : seen.history();
    }

    private @Nullable Sight look(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        List<KeyValue> config = key(keys.config, left(end));
        List<KeyValue> history = config == null ? null : key(keys.configHistory, left(end));
        if (config == null || history == null) {
            return null;
        }
        KeyValue stored = history.isEmpty() ? null : history.getFirst();
        return new Sight(
                config.isEmpty() ? null : config.getFirst(),
                stored,
                stored == null ? null : ConfigHistory.decode(stored.value()));
    }

    private @Nullable List<KeyValue> key(Bytes key, Duration timeout) {
        return kv.range(new KeyRange.Key(key), timeout)
                        instanceof KvReply.Answered<RangeAnswer>(RangeAnswer answer)
                ? answer.kvs()
                : null;
    }

    private List<Compare> guards(Sight seen) {
        return List.of(
                new Compare.ModRevisionIs(keys.config, seen.configRevision()),
                new Compare.ModRevisionIs(keys.configHistory, seen.historyRevision()));
    }

    private KvReply<TxnAnswer> both(Sight seen, String json, ConfigHistory next, Duration timeout) {
        return kv.txn(
                new Txn(
                        guards(seen),
                        List.of(
                                new Op.Put(keys.config, Bytes.utf8(json), 0),
                                new Op.Put(keys.configHistory, next.encode(), 0)),
                        List.of()),
                timeout);
    }

    private WriteOutcome alone(String json, @Nullable Long seenRevision, Duration timeout) {
        List<Compare> guards =
                seenRevision == null
                        ? List.of()
                        : List.of(new Compare.ModRevisionIs(keys.config, seenRevision));
        Txn put = new Txn(guards, List.of(new Op.Put(keys.config, Bytes.utf8(json), 0)), List.of());
        return switch (kv.txn(put, timeout)) {
            case KvReply.Answered<TxnAnswer>(TxnAnswer answer) ->
                    answer.succeeded() ? new WriteOutcome.Done() : changed();
            case KvReply.NotApplied<TxnAnswer>(_, String reason) ->
                    new WriteOutcome.Unknown(reason);
            case KvReply.Unknown<TxnAnswer>(String reason) -> new WriteOutcome.Unknown(reason);
        };
    }

    private static WriteOutcome changed() {
        return new WriteOutcome.Refused("the key has changed since it was read");
    }

    private static Duration left(long end) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }
}
