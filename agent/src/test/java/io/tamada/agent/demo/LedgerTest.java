package io.tamada.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class LedgerTest {

    @Test
    void aNumberThatFailedEndsARun() {
        Ledger ledger = ledger(1, 2, 3, 5, 6);

        assertThat(ledger.runs()).containsExactly(new Ledger.Run(1, 3), new Ledger.Run(5, 6));
        assertThat(ledger.rows()).isEqualTo(5);
    }

    @Test
    void everythingThereIsSound() {
        assertThat(verify(ledger(1, 2, 3, 5, 6), Set.of(1L, 2L, 3L, 5L, 6L)).describe())
                .isEqualTo("5 writes acknowledged, every one of them there");
    }

    @Test
    void aRowThatArrivedUnacknowledgedIsNoFault() {
        assertThat(verify(ledger(1, 2, 4), Set.of(1L, 2L, 3L, 4L)))
                .isEqualTo(new Ledger.Verdict(3, 0, 0));
    }

    @Test
    void theNewestRowsBeforeAnInterruptionMayBeLostByAFailover() {
        Ledger.Verdict verdict = verify(ledger(1, 2, 3, 4, 6, 7), Set.of(1L, 2L, 6L, 7L));

        assertThat(verdict).isEqualTo(new Ledger.Verdict(6, 2, 0));
        assertThat(verdict.isSound()).isTrue();
        assertThat(verdict.describe())
                .isEqualTo(
                        "6 writes acknowledged, 2 lost by asynchronous failover, every other one"
                                + " there");
    }

    @Test
    void aWholeRunBeforeAnInterruptionMayBeLost() {
        assertThat(verify(ledger(1, 3, 5), Set.of(1L, 5L))).isEqualTo(new Ledger.Verdict(3, 1, 0));
    }

    @Test
    void aHoleInTheMiddleHasNoExcuse() {
        Ledger.Verdict verdict = verify(ledger(1, 2, 3, 4, 6), Set.of(1L, 3L, 6L));

        assertThat(verdict).isEqualTo(new Ledger.Verdict(5, 1, 1));
        assertThat(verdict.isSound()).isFalse();
        assertThat(verdict.describe()).contains("1 MISSING without an excuse");
    }

    @Test
    void theLastRunHasNoInterruptionToBlame() {
        assertThat(verify(ledger(1, 2, 3), Set.of(1L, 2L))).isEqualTo(new Ledger.Verdict(3, 0, 1));
        assertThat(verify(ledger(1, 2, 3), Set.of())).isEqualTo(new Ledger.Verdict(3, 0, 3));
    }

    private static Ledger ledger(long... numbers) {
        var ledger = new Ledger();
        for (long number : numbers) {
            ledger.acknowledged(number);
        }
        return ledger;
    }

    private static Ledger.Verdict verify(Ledger ledger, Set<Long> table) {
        return ledger.verify(
                run -> {
                    var there = new TreeSet<>(table).subSet(run.first(), true, run.last(), true);
                    return new Ledger.Found(
                            there.size(),
                            there.isEmpty() ? OptionalLong.empty() : OptionalLong.of(there.last()));
                });
    }
}
