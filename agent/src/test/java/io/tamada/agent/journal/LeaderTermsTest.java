package io.tamada.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.decision.RuleId;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.postgres.Operation;
import io.tamada.dcs.PatroniControlStore.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeaderTermsTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final LeaderLease HELD = new LeaderLease.Held(Snapshots.AT);

    /// The key, and the epoch of the leader key.
    private static final class FakeStore implements LeaderTerms.Store {
        private Terms terms = new Terms(List.of(), 0);
        private long epoch;
        private boolean silent;
        private int writes;

        @Override
        public synchronized @Nullable Terms read(Duration timeout) {
            return silent ? null : terms;
        }

        @Override
        public synchronized WriteOutcome write(
                List<LeaderTerm> next, long seen, long guard, Duration timeout) {
            writes++;
            notifyAll();
            if (silent) {
                return new WriteOutcome.Unknown("silent");
            }
            if (seen != terms.revision() || (guard != 0 && guard != epoch)) {
                return new WriteOutcome.Refused("guard");
            }
            terms = new Terms(next, terms.revision() + 1);
            return new WriteOutcome.Done();
        }

        synchronized void awaitWrites(int wanted) throws InterruptedException {
            while (writes < wanted) {
                wait();
            }
        }

        synchronized int written() {
            return writes;
        }

        synchronized List<LeaderTerm> all() {
            return terms.all();
        }
    }

    private final FakeStore store = new FakeStore();
    private Instant now = NOON;

    private LeaderTerms terms(String self) {
        return new LeaderTerms(new MemberName(self), store).start();
    }

    private void turn(LeaderTerms of, @Nullable String leader, LeaderLease lease, RuleId rule) {
        of.observed(
                Snapshots.of(
                        Snapshots.key(leader, store.epoch),
                        lease,
                        rule,
                        "a reason",
                        new Operation.None()),
                now);
        now = now.plusSeconds(10);
    }

    @Test
    void aTermBeginsByTheRuleThatTookTheKeyAndEndsByTheOneThatGaveItUp() throws Exception {
        try (LeaderTerms a = terms("a")) {
            turn(a, null, new LeaderLease.Vacant(), RuleId.RACE_WON_BY_RIGHT);
            store.epoch = 70;
            turn(a, "a", HELD, RuleId.LEADER_PROMOTES);
            store.awaitWrites(1);
            turn(a, "a", HELD, RuleId.LEADER_STEADY);
            turn(a, "a", HELD, RuleId.LEADER_STORAGE_HANDS_OVER);
            store.epoch = 0;
            turn(a, null, new LeaderLease.Vacant(), RuleId.RACE_NOT_OURS);
            store.awaitWrites(2);
        }
        assertThat(store.all())
                .containsExactly(
                        new LeaderTerm(
                                new MemberName("a"),
                                70,
                                1,
                                new LeaderTerm.Turn(
                                        "2026-03-01T12:00:10.000Z",
                                        RuleId.RACE_WON_BY_RIGHT.code(),
                                        RuleId.RACE_WON_BY_RIGHT.sentence(),
                                        "a reason"),
                                new LeaderTerm.Turn(
                                        "2026-03-01T12:00:40.000Z",
                                        RuleId.LEADER_STORAGE_HANDS_OVER.code(),
                                        RuleId.LEADER_STORAGE_HANDS_OVER.sentence(),
                                        "a reason")));
    }

    @Test
    void anAgentThatEndsSaysWhyAndOneThatLeadsNoMoreWritesNoBeginning() throws Exception {
        store.epoch = 70;
        LeaderTerms a = terms("a");
        turn(a, "a", HELD, RuleId.LEADER_STEADY);
        store.awaitWrites(1);
        turn(a, "a", HELD, RuleId.LEADER_HANDS_OVER);
        a.close();
        assertThat(store.all().getFirst().ended()).isNotNull();
        assertThat(a.known()).isEqualTo(store.all());

        store.epoch = 80;
        LeaderTerms b = terms("b");
        store.epoch = 90;
        b.observed(
                Snapshots.of(
                        Snapshots.key("b", 80),
                        HELD,
                        RuleId.LEADER_STEADY,
                        "",
                        new Operation.None()),
                now);
        store.awaitWrites(4);
        b.close();
        assertThat(store.all()).hasSize(1);
    }

    @Test
    void aTermWhoseServerTheGuardEndedWasOverThenAndForThatReason() throws Exception {
        try (LeaderTerms a = terms("a")) {
            store.epoch = 70;
            turn(a, "a", HELD, RuleId.LEADER_STEADY);
            store.awaitWrites(1);
            now = NOON.plusSeconds(60);
            LeaderLease lost = new LeaderLease.HeldByOther(new MemberName("b"));
            store.epoch = 80;
            turn(a, "b", lost, RuleId.DEPOSED_PRIMARY_STOPS);
            store.awaitWrites(2);
            // The guard's keeper has come back a moment after the loop has.
            a.guardStruck(NOON.plusSeconds(25));
            turn(a, "b", lost, RuleId.FOLLOWING);
            store.awaitWrites(3);
        }
        assertThat(store.all().getFirst().ended())
                .isEqualTo(
                        new LeaderTerm.Turn(
                                "2026-03-01T12:00:25.000Z", "guard", LeaderTerms.GUARD_STRUCK, ""));
    }

    @Test
    void aLaterLifeTellsThatTheGuardEndedTheServerOfTheOneBefore() throws Exception {
        store.terms =
                new Terms(
                        List.of(
                                new LeaderTerm(
                                        new MemberName("a"),
                                        70,
                                        1,
                                        new LeaderTerm.Turn("2026-03-01T12:00:00.000Z", "", "", ""),
                                        null)),
                        1);
        store.epoch = 80;
        try (LeaderTerms a = terms("a")) {
            a.guardStruck(NOON.plusSeconds(25));
            while (store.written() == 0) {
                turn(a, "b", new LeaderLease.HeldByOther(new MemberName("b")), RuleId.FOLLOWING);
                Thread.sleep(10);
            }
        }
        assertThat(store.all().getFirst().ended())
                .extracting(ended -> ended == null ? null : ended.rule())
                .isEqualTo("guard");
    }

    @Test
    void aStrikeThatDidNotCostTheKeyEndsNoTerm() throws Exception {
        try (LeaderTerms a = terms("a")) {
            store.epoch = 70;
            turn(a, "a", HELD, RuleId.LEADER_STEADY);
            store.awaitWrites(1);
            a.guardStruck(now);
            turn(a, "a", HELD, RuleId.LEADER_RESTART_IN_PLACE);
            turn(a, null, new LeaderLease.Vacant(), RuleId.LEADER_STORAGE_HANDS_OVER);
            store.awaitWrites(2);
        }
        assertThat(store.all().getFirst().ended())
                .extracting(ended -> ended == null ? null : ended.rule())
                .isNotEqualTo("guard");
    }

    @Test
    void theListIsBoundedInOrderAndATermIsItsLeadersAlone() {
        List<LeaderTerm> all = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            all = new ArrayList<>(LeaderTerms.with(all, term("a", i, "began " + i)));
        }
        assertThat(all).hasSize(LeaderTerms.KEPT);
        assertThat(all.getLast().epoch()).isEqualTo(60);
        // A later life of the same agent, which took back the key of the one before.
        List<LeaderTerm> again = LeaderTerms.with(all, term("a", 60, "adopted"));
        assertThat(again.getLast().began().sentence()).isEqualTo("began 60");
        // The end of an earlier term is written late.
        assertThat(LeaderTerms.with(List.of(term("b", 5, "")), term("a", 3, "")))
                .extracting(LeaderTerm::epoch)
                .containsExactly(3L, 5L);
    }

    private static LeaderTerm term(String leader, long epoch, String sentence) {
        return new LeaderTerm(
                new MemberName(leader), epoch, 1, new LeaderTerm.Turn("", "", sentence, ""), null);
    }
}
