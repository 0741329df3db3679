package io.tamada.dcs.contract;

import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An etcd whose answers get lost, or whose requests do. Counts what is sent.
public final class FaultyKv implements EtcdKv {

    /// What happens to the next request of one kind.
    public enum Fault {
        NONE,
        /// The request is applied, its answer is lost.
        LOSE_ANSWER,
        /// The request is on its way for a long time; see {@link #deliverLateTxn}.
        DELAY_REQUEST,
        /// The request is lost, and nobody can tell.
        LOSE_REQUEST
    }

    private final EtcdKv kv;
    private Fault nextTxn = Fault.NONE;
    private Fault nextKeepAlive = Fault.NONE;
    private Fault nextRange = Fault.NONE;
    private @Nullable Txn late;
    private Runnable beforeNextRange = () -> {};
    private long keepAliveTermShift;
    private int ranges;
    private int txns;

    public FaultyKv(EtcdKv kv) {
        this.kv = kv;
    }

    public void nextTxn(Fault fault) {
        nextTxn = fault;
    }

    public void nextKeepAlive(Fault fault) {
        nextKeepAlive = fault;
    }

    public void nextRange(Fault fault) {
        nextRange = fault;
    }

    /// Runs once, just before the next reading is sent.
    public void beforeNextRange(Runnable event) {
        beforeNextRange = event;
    }

    /// Keepalives answer as if by a leader of etcd of another term.
    public void shiftTermOfKeepAlives(long terms) {
        keepAliveTermShift = terms;
    }

    /// The transaction that was delayed arrives now.
    ///
    /// @return whether its compares held.
    public boolean deliverLateTxn() {
        Txn txn = Objects.requireNonNull(late);
        late = null;
        return kv.txn(txn, Duration.ofSeconds(5))
                        instanceof KvReply.Answered<TxnAnswer>(TxnAnswer answer)
                && answer.succeeded();
    }

    public int ranges() {
        return ranges;
    }

    public int txns() {
        return txns;
    }

    @Override
    public KvReply<RangeAnswer> range(KeyRange range, Duration timeout) {
        ranges++;
        Runnable event = beforeNextRange;
        beforeNextRange = () -> {};
        event.run();
        Fault fault = nextRange;
        nextRange = Fault.NONE;
        return fault == Fault.NONE ? kv.range(range, timeout) : new KvReply.Unknown<>("lost");
    }

    @Override
    public KvReply<TxnAnswer> txn(Txn txn, Duration timeout) {
        txns++;
        Fault fault = nextTxn;
        nextTxn = Fault.NONE;
        if (fault == Fault.LOSE_REQUEST) {
            return new KvReply.Unknown<>("request lost");
        }
        if (fault == Fault.DELAY_REQUEST) {
            late = txn;
            return new KvReply.Unknown<>("request late");
        }
        KvReply<TxnAnswer> reply = kv.txn(txn, timeout);
        return fault == Fault.LOSE_ANSWER ? new KvReply.Unknown<>("answer lost") : reply;
    }

    @Override
    public KvReply<GrantAnswer> leaseGrant(long ttlSeconds, Duration timeout) {
        return kv.leaseGrant(ttlSeconds, timeout);
    }

    @Override
    public KvReply<KeepAliveAnswer> leaseKeepAliveOnce(long leaseId, Duration timeout) {
        Fault fault = nextKeepAlive;
        nextKeepAlive = Fault.NONE;
        if (fault == Fault.LOSE_REQUEST) {
            return new KvReply.Unknown<>("request lost");
        }
        KvReply<KeepAliveAnswer> reply = kv.leaseKeepAliveOnce(leaseId, timeout);
        if (fault == Fault.LOSE_ANSWER) {
            return new KvReply.Unknown<>("answer lost");
        }
        if (keepAliveTermShift != 0
                && reply instanceof KvReply.Answered<KeepAliveAnswer>(KeepAliveAnswer answer)) {
            Header header = answer.header();
            return new KvReply.Answered<>(
                    new KeepAliveAnswer(
                            new Header(
                                    header.clusterId(),
                                    header.memberId(),
                                    header.revision(),
                                    header.raftTerm() + keepAliveTermShift),
                            answer.ttlSeconds()));
        }
        return reply;
    }
}
