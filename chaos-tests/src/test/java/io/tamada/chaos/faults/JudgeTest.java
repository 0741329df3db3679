package io.tamada.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.chaos.cluster.Ledger.Acknowledged;
import io.tamada.chaos.cluster.Ledger.Failed;
import io.tamada.chaos.cluster.LedgerReport;
import io.tamada.chaos.faults.Expectation.Leader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The judge condemns what it has to: a judge that cannot is no proof.
class JudgeTest {

    private static final long MS = 1_000_000L;
    private static final long FAULT = 10_000 * MS;
    private static final Expectation CHANGES = Expectation.of(Leader.CHANGES);

    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final List<Failed> failed = new ArrayList<>();

    /// @param atMillis from the beginning of the fault.
    private Acknowledged write(String server, int timeline, long atMillis) {
        long at = FAULT + atMillis * MS;
        var write =
                new Acknowledged(server, acknowledged.size(), server, timeline, at - 2 * MS, at);
        acknowledged.add(write);
        return write;
    }

    private Judgement judge(Expectation expectation, long thawMillis, Acknowledged... missing) {
        return judge(expectation, thawMillis, 0, missing);
    }

    private Judgement judge(
            Expectation expectation,
            long thawMillis,
            long replicationEndMillis,
            Acknowledged... missing) {
        return Judge.judge(
                new Evidence(
                        new LedgerReport(acknowledged, failed),
                        FAULT,
                        thawMillis == 0 ? 0 : FAULT + thawMillis * MS,
                        replicationEndMillis == 0 ? 0 : FAULT + replicationEndMillis * MS,
                        "old",
                        List.of(missing)),
                expectation);
    }

    private void orderlyChange() {
        write("old", 1, -100);
        write("old", 1, 3_900);
        write("new", 2, 5_200);
    }

    @Test
    void oneAfterTheOtherPasses() {
        orderlyChange();
        Judgement judgement = judge(CHANGES, 0);
        assertThat(judgement.complaints()).isEmpty();
        assertThat(judgement.overlap()).isZero();
        assertThat(judgement.lastOld()).isEqualTo(3_900);
        assertThat(judgement.firstNew()).isEqualTo(5_200);
        assertThat(judgement.outage()).isEqualTo(4_000);
    }

    @Test
    void oneLateAcknowledgementOfTheOldPrimaryIsASplitBrain() {
        orderlyChange();
        write("old", 1, 5_201);
        Judgement judgement = judge(CHANGES, 0);
        assertThat(judgement.overlap()).isEqualTo(1);
        assertThat(judgement.complaints()).hasSize(1).first().asString().contains("same time");
    }

    @Test
    void anOverlapShorterThanAMillisecondIsOneToo() {
        orderlyChange();
        long at = FAULT + 5_200 * MS + 1;
        acknowledged.add(new Acknowledged("old", 99, "old", 1, at - MS, at));
        assertThat(judge(CHANGES, 0).passed()).isFalse();
        assertThat(judge(CHANGES, 0).overlap()).isEqualTo(1);
    }

    @Test
    void twoServersOnOneTimelineAreASplitBrainEvenOneAfterTheOther() {
        write("old", 1, -100);
        write("new", 1, 5_000);
        assertThat(judge(CHANGES, 0).complaints().toString()).contains("timeline 1");
    }

    @Test
    void aThawedServerHasTheTimeThatTheRowAllowsAndNoMore() {
        orderlyChange();
        write("old", 1, 10_080);
        Expectation freeze = CHANGES.allowingAfterThaw(Duration.ofMillis(100));
        assertThat(judge(freeze, 10_000).complaints()).isEmpty();
        assertThat(judge(freeze, 10_000).afterThaw()).isEqualTo(80);
        assertThat(judge(freeze, 10_000).overlap()).isEqualTo(80);
        assertThat(judge(CHANGES, 10_000).complaints().toString()).contains("after the thaw");
        write("old", 1, 10_101);
        assertThat(judge(freeze, 10_000).complaints().toString()).contains("after the thaw");
    }

    @Test
    void theTimeAfterAThawExcusesNothingBeforeIt() {
        orderlyChange();
        write("old", 1, 9_000);
        write("old", 1, 10_001);
        Expectation freeze = CHANGES.allowingAfterThaw(Duration.ofMillis(100));
        assertThat(judge(freeze, 10_000).complaints().toString()).contains("while its node");
        assertThat(judge(freeze, 10_000).overlap()).isEqualTo(4_801);
    }

    @Test
    void asynchronousReplicationMayLoseTheLastMomentsOnly() {
        Acknowledged early = write("old", 1, 2_000);
        Acknowledged late = write("old", 1, 3_900);
        write("new", 2, 5_200);
        assertThat(judge(CHANGES, 0, late).complaints()).isEmpty();
        assertThat(judge(CHANGES, 0, late).lost()).isEqualTo(1);
        assertThat(judge(CHANGES, 0, early, late).complaints().toString()).contains("1 ack");
        assertThat(judge(CHANGES.losingNothing(), 0, late).passed()).isFalse();
    }

    @Test
    void whatWasAcknowledgedWithoutWalsendersMayBeLostAndNothingFromBefore() {
        Acknowledged early = write("old", 1, -900);
        Acknowledged late = write("old", 1, 400);
        write("old", 1, 3_900);
        write("new", 2, 5_200);
        assertThat(judge(CHANGES, 0, 200, late).complaints()).isEmpty();
        assertThat(judge(CHANGES, 0, 200, early, late).complaints().toString()).contains("1 ack");
        assertThat(judge(CHANGES, 0, late).passed()).isFalse();
    }

    @Test
    void aLeaderThatShouldGoOrStayIsMissed() {
        orderlyChange();
        assertThat(judge(Expectation.of(Leader.STAYS), 0).passed()).isFalse();
        acknowledged.removeLast();
        assertThat(judge(CHANGES, 0).passed()).isFalse();
        assertThat(judge(Expectation.of(Leader.STAYS), 0).complaints()).isEmpty();
    }

    @Test
    void aFailedWriteOnThePrimaryCountsWhereNoneMayFail() {
        write("old", 1, -100);
        write("old", 1, 3_900);
        Expectation steady = Expectation.of(Leader.STAYS).withoutFailedWrite();
        failed.add(new Failed("new", "08006 a standby is no primary", FAULT, FAULT + MS));
        assertThat(judge(steady, 0).complaints()).isEmpty();
        failed.add(new Failed("old", "57P01 terminating", FAULT, FAULT + MS));
        assertThat(judge(steady, 0).complaints().toString()).contains("57P01");
    }

    @Test
    void aLongSilenceIsMissed() {
        orderlyChange();
        assertThat(judge(CHANGES.withOutageUpTo(Duration.ofSeconds(3)), 0).complaints().toString())
                .contains("no write for 4000 ms");
    }

    @Test
    void nothingAcknowledgedIsNoPass() {
        assertThat(judge(CHANGES, 0).passed()).isFalse();
    }
}
