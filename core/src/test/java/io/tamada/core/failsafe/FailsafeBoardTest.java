package io.tamada.core.failsafe;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.urls;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.failsafe.FailsafeBoard.Promise;
import io.tamada.core.failsafe.FailsafeBoard.Reply;
import io.tamada.core.failsafe.FailsafeBoard.Terms;
import io.tamada.core.member.MemberName;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailsafeBoardTest {

    private static final Duration TTL = Duration.ofSeconds(30);

    private static FailsafeBoard standby(@Nullable MemberName leader) {
        FailsafeBoard board = new FailsafeBoard();
        board.update(new Terms(TTL, leader, urls(A, B, C)));
        board.observed(false);
        return board;
    }

    @Test
    void aStandbyConsentsForOneTtlFromWhenItWasAsked() {
        FailsafeBoard board = standby(null);
        assertThat(board.ask(B, NOW)).isEqualTo(new Reply.Accepted(TTL));
        assertThat(board.promise(in(29))).isEqualTo(new Promise(B, in(30)));
        assertThat(board.promise(in(30))).isNull();
        assertThat(board.claim(in(29))).isFalse();
        assertThat(board.claim(in(30))).isTrue();
    }

    @Test
    void asLongAsItsServerWasNotLookedAtItMayLeadForAllItKnows() {
        FailsafeBoard board = new FailsafeBoard();
        board.update(new Terms(TTL, null, urls(A, B)));
        assertThat(board.ask(B, NOW)).isEqualTo(new Reply.Leading());
    }

    @Test
    void whoTriesToLeadConsentsToNobodyUntilTheStoreHasShownThatItDoesNot() {
        FailsafeBoard board = standby(null);
        assertThat(board.claim(NOW)).isTrue();
        assertThat(board.ask(B, NOW)).isEqualTo(new Reply.Leading());
        board.unclaim();
        assertThat(board.ask(B, NOW)).isEqualTo(new Reply.Accepted(TTL));
    }

    @Test
    void aPrimaryConsentsToNobody() {
        FailsafeBoard board = standby(null);
        board.observed(true);
        assertThat(board.ask(B, NOW)).isEqualTo(new Reply.Leading());
    }

    @Test
    void consentGoesToOneLeaderAtATime() {
        FailsafeBoard board = standby(null);
        assertThat(board.ask(B, NOW)).isEqualTo(new Reply.Accepted(TTL));
        assertThat(board.ask(C, in(29))).isEqualTo(new Reply.OtherLeads(B));
        assertThat(board.ask(C, in(30))).isEqualTo(new Reply.Accepted(TTL));
    }

    @Test
    void whoTheStoreSaysLeadsIsTheOneThatMayAsk() {
        FailsafeBoard board = standby(C);
        assertThat(board.ask(B, NOW)).isEqualTo(new Reply.OtherLeads(C));
        assertThat(board.ask(C, NOW)).isEqualTo(new Reply.Accepted(TTL));
    }

    @Test
    void aShorterTtlDoesNotTakeBackWhatWasPromised() {
        FailsafeBoard board = standby(null);
        assertThat(board.ask(B, NOW)).isEqualTo(new Reply.Accepted(TTL));
        board.update(new Terms(Duration.ofSeconds(5), null, urls(A, B)));
        assertThat(board.ask(B, in(1))).isEqualTo(new Reply.Accepted(Duration.ofSeconds(5)));
        assertThat(board.promise(in(29))).isEqualTo(new Promise(B, in(30)));
    }

    @Test
    void withoutTermsNoConsentIsGivenAndWhatWasGivenStays() {
        FailsafeBoard board = standby(null);
        assertThat(board.ask(B, NOW)).isEqualTo(new Reply.Accepted(TTL));
        board.update(Terms.OFF);
        assertThat(board.ask(B, in(1))).isEqualTo(new Reply.Disabled());
        assertThat(board.claim(in(1))).isFalse();
    }

    @Test
    void ofConsentAndClaimThatMeetOnlyOneIsMade() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 2_000; round++) {
                FailsafeBoard board = standby(null);
                CyclicBarrier both = new CyclicBarrier(2);
                Future<Boolean> claimed =
                        threads.submit(
                                () -> {
                                    both.await();
                                    return board.claim(NOW);
                                });
                Future<Reply> asked =
                        threads.submit(
                                () -> {
                                    both.await();
                                    return board.ask(B, NOW);
                                });
                assertThat(claimed.get()).isEqualTo(asked.get() instanceof Reply.Leading);
            }
        }
    }
}
