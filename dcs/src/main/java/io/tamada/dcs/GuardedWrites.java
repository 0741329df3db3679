package io.tamada.dcs;

import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.EtcdKv.TxnAnswer;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn;
import io.tamada.dcs.kv.Txn.Compare;
import io.tamada.dcs.kv.Txn.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes under a condition. Only a condition that did not hold is a refusal; whatever else goes
/// wrong leaves the outcome unknown, and the loop reads again.
final class GuardedWrites {

    static final WriteOutcome NO_SESSION = new WriteOutcome.Unknown("there is no session");

    private final EtcdKv kv;
    private final Session session;

    GuardedWrites(EtcdKv kv, Session session) {
        this.kv = kv;
        this.session = session;
    }

    static List<Compare> and(List<Compare> guards, Compare last) {
        List<Compare> all = new ArrayList<>(guards);
        all.add(last);
        return all;
    }

    /// @param refusal why, when the guards do not hold.
    /// @param done told of the answer when the write was made.
    WriteOutcome send(
            List<Compare> guards,
            Op write,
            String refusal,
            Budget budget,
            Consumer<TxnAnswer> done) {
        return run(new Txn(guards, List.of(write), List.of()), null, refusal, budget, done);
    }

    /// As {@link #send}, and done as well when the key already is as it was wanted: then an
    /// earlier attempt has succeeded without our knowing.
    WriteOutcome sendOrFind(
            List<Compare> guards,
            Op write,
            InitializationClaim.Wanted wanted,
            String refusal,
            Budget budget,
            Consumer<TxnAnswer> done) {
        Txn txn = new Txn(guards, List.of(write), List.of(wanted.read()));
        return run(txn, wanted, refusal, budget, done);
    }

    private WriteOutcome run(
            Txn txn,
            InitializationClaim.@Nullable Wanted wanted,
            String refusal,
            Budget budget,
            Consumer<TxnAnswer> done) {
        return switch (kv.txn(txn, budget.left())) {
            case KvReply.Answered<TxnAnswer>(TxnAnswer answer) -> {
                if (answer.succeeded() || (wanted != null && wanted.isIn(answer))) {
                    done.accept(answer);
                    yield new WriteOutcome.Done();
                }
                yield new WriteOutcome.Refused(refusal);
            }
            case KvReply.NotApplied<TxnAnswer>(var cause, String reason) -> {
                if (cause == KvReply.Cause.LEASE_NOT_FOUND) {
                    session.forgetLease();
                }
                yield new WriteOutcome.Unknown(reason);
            }
            case KvReply.Unknown<TxnAnswer>(String reason) -> new WriteOutcome.Unknown(reason);
        };
    }
}
