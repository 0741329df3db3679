package io.tamada.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.RangeAnswer;
import io.tamada.dcs.kv.EtcdKv.TxnAnswer;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn;
import io.tamada.dcs.kv.Txn.Compare;
import io.tamada.dcs.kv.Txn.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class SimEtcdTest {

    private static final Bytes KEY = Bytes.utf8("/service/sim/leader");
    private static final Bytes VALUE = Bytes.utf8("n1");

    private final Scheduler scheduler = new Scheduler();
    private final SimEtcd etcd = new SimEtcd(scheduler, 0);

    @Test
    void aKeyGoesAtTheFirstScanAfterItsLeaseHasRunOut() {
        pass(Duration.ofMillis(100));
        long lease = etcd.grant(5).leaseId();
        put(KEY, lease);
        List<SimEtcd.Change> changes = new ArrayList<>();
        etcd.watch(changes::addAll);

        pass(Duration.ofMillis(5_300));
        assertThat(etcd.peek(KEY)).as("lease over, not yet scanned").isNotNull();

        pass(Duration.ofMillis(200));
        assertThat(etcd.peek(KEY)).isNull();
        assertThat(changes).containsExactly(new SimEtcd.Change(KEY, VALUE, null));
        assertThat(etcd.keepAlive(lease).ttlSeconds()).isZero();
    }

    @Test
    void aLeaseIsOnlyRenewedWhileItLives() {
        long lease = etcd.grant(5).leaseId();
        pass(Duration.ofSeconds(4));
        assertThat(etcd.keepAlive(lease).ttlSeconds()).isEqualTo(5);
        pass(Duration.ofMillis(5_001));
        assertThat(etcd.keepAlive(lease).ttlSeconds())
                .as("run out, even if the scan has not come by")
                .isZero();
    }

    @Test
    void aNewLeaderRaisesTheTermAndGivesEveryLeaseItsFullTtlAgain() {
        long lease = etcd.grant(5).leaseId();
        put(KEY, lease);
        long term = etcd.raftTerm();
        pass(Duration.ofSeconds(4));
        etcd.loseLeader();
        pass(Duration.ofSeconds(3));
        assertThat(etcd.peek(KEY)).as("nothing runs out without a leader").isNotNull();

        etcd.elect(1);
        assertThat(etcd.raftTerm()).isEqualTo(term + 1);
        pass(Duration.ofMillis(4_900));
        assertThat(etcd.peek(KEY)).isNotNull();
        pass(Duration.ofMillis(700));
        assertThat(etcd.peek(KEY)).isNull();
    }

    @Test
    void aDeposedLeaderAnswersInItsOldTermAndRenewsNothing() {
        long lease = etcd.grant(5).leaseId();
        put(KEY, lease);
        long oldTerm = etcd.raftTerm();
        etcd.deposeLeader();
        etcd.elect(2);
        pass(Duration.ofSeconds(4));

        var answer = etcd.staleKeepAlive(lease, Objects.requireNonNull(etcd.deposed()));
        assertThat(answer.ttlSeconds()).isEqualTo(5);
        assertThat(answer.header().raftTerm()).isEqualTo(oldTerm);
        pass(Duration.ofMillis(1_600));
        assertThat(etcd.peek(KEY)).as("the answer was a lie").isNull();
    }

    @Test
    void aTransactionWithAnUnknownLeaseLeavesNothingBehind() {
        long before = etcd.range(new KeyRange.Key(KEY)).header().revision();
        Bytes other = Bytes.utf8("/service/sim/config");
        KvReply<TxnAnswer> reply =
                etcd.txn(
                        new Txn(
                                List.of(),
                                List.of(new Op.Put(other, VALUE, 0), new Op.Put(KEY, VALUE, 99)),
                                List.of()));
        assertThat(reply)
                .isInstanceOfSatisfying(
                        KvReply.NotApplied.class,
                        refused ->
                                assertThat(refused.cause())
                                        .isEqualTo(KvReply.Cause.LEASE_NOT_FOUND));
        RangeAnswer after = etcd.range(new KeyRange.Prefix(Bytes.utf8("/")));
        assertThat(after.kvs()).isEmpty();
        assertThat(after.header().revision()).isEqualTo(before);
    }

    @Test
    void aNestedTransactionRunsInTheSameRevision() {
        put(KEY, 0);
        long created = Objects.requireNonNull(etcd.peek(KEY)).createRevision();
        Bytes other = Bytes.utf8("/service/sim/history");
        Txn nested =
                new Txn(
                        List.of(new Compare.CreateRevisionIs(KEY, created)),
                        List.of(new Op.Put(other, VALUE, 0)),
                        List.of());
        etcd.txn(new Txn(List.of(), List.of(new Op.Delete(KEY)), List.of()));
        KvReply<TxnAnswer> missed =
                etcd.txn(new Txn(List.of(), List.of(new Op.Nested(nested)), List.of()));
        assertThat(missed)
                .isInstanceOfSatisfying(
                        KvReply.Answered.class,
                        answered ->
                                assertThat(((TxnAnswer) answered.value()).responses().getFirst())
                                        .isEqualTo(new Txn.Response.NestedDone(false, List.of())));
        assertThat(etcd.peek(other)).isNull();
    }

    private void put(Bytes key, long lease) {
        assertThat(etcd.txn(new Txn(List.of(), List.of(new Op.Put(key, VALUE, lease)), List.of())))
                .isInstanceOf(KvReply.Answered.class);
    }

    private void pass(Duration duration) {
        long until = scheduler.nowNanos() + duration.toNanos();
        while (scheduler.step(until)) {
            // Every event until then.
        }
    }
}
