package io.tamada.core.decision;

import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.tags;
import static io.tamada.core.Facts.timeline;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.Scene;
import io.tamada.core.SyncFacts;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwitchoverRulesTest {

    private static final long REVISION = 60;
    private static final Action CHECKPOINT = new Action.Instance(new PostgresCommand.Checkpoint());
    private static final Action STOP = new Action.Instance(new PostgresCommand.Stop(StopMode.FAST));
    private static final Action CLEAR = new Action.ClearFailover(REVISION);

    private static FailoverRequest request(@Nullable String leader, @Nullable String candidate) {
        return new FailoverRequest(leader, candidate, null, null, REVISION);
    }

    private static FailoverRequest scheduled(@Nullable Long millis) {
        return new FailoverRequest("a", "b", "2026-01-02T03:04:05+00:00", millis, REVISION);
    }

    private static PeerReport standbyPeer(MemberName name, long position) {
        return new PeerReport.Answered(
                name, false, timeline(1), lsn(position), MemberTags.NONE, false);
    }

    /// A primary that leads and is asked to give its leadership to `b`.
    static Scene asked(Switchover.@Nullable Begun begun) {
        return Scene.leading()
                .process(answering(SyncFacts.primary("", SyncFacts.streams("b", 5000))))
                .failover(request("a", "b"))
                .peers(standbyPeer(B, 5000))
                .switchover(new Switchover(null, begun, null));
    }

    static Switchover.Begun begun(long from) {
        return new Switchover.Begun(REVISION, ago(1), lsn(from), false);
    }

    static Scene stopped() {
        Switchover.Begun stopping = new Switchover.Begun(REVISION, ago(1), lsn(5000), true);
        return asked(stopping)
                .directory(primaryData(ControlState.SHUT_DOWN, 1, 6000))
                .process(down());
    }

    static Scene leaderless(String candidate) {
        return Scene.leaderless()
                .failover(request("c", candidate))
                .peers(standbyPeer(B, 5000))
                .switchover(new Switchover(null, null, ago(1)));
    }

    private static Switchover in(long seconds) {
        return new Switchover(Duration.ofSeconds(seconds), null, null);
    }

    @Test
    void theLeaderWritesACheckpointWhileClientsGoOnAndThenStops() {
        assertThat(asked(null).decide().plan()).contains(CHECKPOINT);
        Decision waits = asked(begun(4500)).decide();
        assertThat(waits.rule()).isEqualTo(RuleId.SWITCHOVER_PREPARES);
        assertThat(waits.plan()).doesNotContain(CHECKPOINT, STOP);
        assertThat(asked(begun(4000)).decide().plan()).contains(STOP);
    }

    @Test
    void aCheckpointThatTakesTooLongIsNotWaitedFor() {
        Switchover.Begun stuck = new Switchover.Begun(REVISION, ago(60), lsn(4500), false);
        assertThat(asked(stuck).decide().plan()).contains(STOP);
    }

    @Test
    void whoDoesNotStreamIsWaitedForAMomentBeforeTheStop() {
        Scene scene = asked(begun(4000)).process(answering(SyncFacts.primary("")));
        assertThat(scene.decide().plan()).doesNotContain(STOP);
        assertThat(scene.decide().because()).contains("does not stream yet");
        Switchover.Begun longAgo = new Switchover.Begun(REVISION, ago(10), lsn(4000), false);
        assertThat(scene.switchover(new Switchover(null, longAgo, null)).decide().plan())
                .contains(STOP);
        assertThat(
                        asked(begun(4000))
                                .process(
                                        answering(
                                                SyncFacts.primary(
                                                        "", SyncFacts.streams("c", 5000))))
                                .decide()
                                .plan())
                .doesNotContain(STOP);
    }

    @Test
    void whatWasBegunForAnotherRequestDoesNotCount() {
        Switchover.Begun other = new Switchover.Begun(REVISION - 1, ago(60), lsn(0), true);
        assertThat(asked(other).decide().plan()).contains(CHECKPOINT).doesNotContain(STOP);
    }

    @Test
    void theStoppedLeaderTellsHowFarItCameAndGivesTheKeyAway() {
        Decision decision = stopped().decide();
        assertThat(decision.plan()).hasSize(3);
        assertThat(decision.plan().getFirst())
                .isInstanceOfSatisfying(
                        Action.WriteStatus.class,
                        write -> assertThat(write.status().optime()).isEqualTo(lsn(6000)));
        assertThat(decision.plan().getLast()).isInstanceOf(Action.ReleaseLease.class);
    }

    @Test
    void aServerThatDidNotStopInOrderOrForAnotherReasonIsStartedAgain() {
        assertThat(stopped().directory(primaryData(ControlState.IN_PRODUCTION, 1, 6000)).decide())
                .extracting(Decision::rule)
                .isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
        assertThat(stopped().switchover(Switchover.NONE).decide().rule())
                .isEqualTo(RuleId.LEADER_RESTART_IN_PLACE);
    }

    @Test
    void whenNobodyPassesTheRequestIsClearedAndTheReasonTold() {
        Scene lagging = asked(null).optime(5000).peers(standbyPeer(B, 5000));
        assertThat(lagging.decide().rule()).isEqualTo(RuleId.SWITCHOVER_PREPARES);
        Decision behind =
                lagging.config(config().maximumLag(100)).peers(standbyPeer(B, 4899)).decide();
        assertThat(behind.because()).contains("b is 101 bytes behind");
        assertThat(behind.plan()).contains(CLEAR).doesNotContain(STOP);
        Decision silent =
                asked(null).peers(new PeerReport.Unreachable(B, "connection refused")).decide();
        assertThat(silent.because()).contains("b cannot be asked (connection refused)");
        Decision unknown = asked(null).peers(standbyPeer(C, 5000)).decide();
        assertThat(unknown.because()).contains("there is no member b");
    }

    @ParameterizedTest
    @CsvSource({
        "b, c, from b to c: cannot be: a leads not b",
        ", a, done: a leads (from whoever leads to a)",
        "b, a, done: a leads (from b to a)",
        "b, , done: a leads (from b to whoever fits best)",
        "a, c, from a to c: cannot be: there is no member c"
    })
    void aRequestThatDoesNotFitOrIsDoneIsCleared(
            @Nullable String leader, @Nullable String candidate, String because) {
        Decision decision = asked(null).failover(request(leader, candidate)).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.SWITCHOVER_CLEARED);
        assertThat(decision.because().replace(",", "")).isEqualTo(because);
        assertThat(decision.plan()).contains(CLEAR);
    }

    @Test
    void whoMayNotLeadIsNoCandidate() {
        PeerReport barred =
                new PeerReport.Answered(
                        B, false, timeline(1), lsn(5000), tags("nofailover", true), false);
        assertThat(asked(null).peers(barred).decide().because()).contains("b may not lead");
        assertThat(asked(null).failover(request("a", null)).peers(barred, standbyPeer(C, 5000)))
                .extracting(scene -> scene.decide().rule())
                .isEqualTo(RuleId.SWITCHOVER_PREPARES);
    }

    @Test
    void aScheduledRequestWaitsForItsTimeAndTheLeaderSleepsNoLonger() {
        Scene scene = asked(null).failover(scheduled(1L));
        Decision early = scene.switchover(in(4)).decide();
        assertThat(early.rule()).isEqualTo(RuleId.LEADER_STEADY);
        assertThat(early.nextTick()).isEqualTo(Duration.ofSeconds(4));
        assertThat(scene.switchover(in(0)).decide().rule()).isEqualTo(RuleId.SWITCHOVER_PREPARES);
        assertThat(scene.switchover(in(-15)).decide().rule()).isEqualTo(RuleId.SWITCHOVER_PREPARES);
        Decision stale = scene.switchover(in(-16)).decide();
        assertThat(stale.rule()).isEqualTo(RuleId.SWITCHOVER_CLEARED);
        assertThat(stale.because()).contains("its time has passed");
    }

    @Test
    void aTimeThatCannotBeReadIsCleared() {
        assertThat(asked(null).failover(scheduled(null)).decide().because())
                .contains("its time cannot be read");
    }

    @Test
    void inPauseOnlyANamedCandidateIsObeyed() {
        Scene paused = asked(null).config(config().pause());
        assertThat(paused.decide().plan()).contains(CHECKPOINT);
        assertThat(paused.failover(request("a", null)).decide().because())
                .contains("in pause a candidate must be named");
        Scene candidate = leaderless("a").config(config().pause());
        assertThat(candidate.decide().rule()).isEqualTo(RuleId.REQUESTED_TAKES_OVER);
        Scene holder =
                Scene.leading()
                        .config(config().pause())
                        .directory(Facts.standbyData(1, 5000))
                        .process(Facts.answering(standbyStatus(1, 5000)))
                        .failover(request("c", "a"));
        assertThat(holder.decide().rule()).isEqualTo(RuleId.LEADER_PROMOTES);
        assertThat(stopped().config(config().pause()).decide().rule())
                .isEqualTo(RuleId.SWITCHOVER_HANDS_OVER);
    }

    @Test
    void theNamedCandidateTakesTheKeyWhateverItLacks() {
        assertThat(leaderless("a").optime(1L << 40).decide().plan())
                .contains(new Action.AcquireLease());
        assertThat(leaderless("a").tags(tags("nofailover", true)).decide().rule())
                .isEqualTo(RuleId.RACE_NOT_OURS);
    }

    @Test
    void theOthersStandBackForOneTtlAsLongAsTheCandidateIsThere() {
        Decision decision = leaderless("b").decide();
        assertThat(decision.rule()).isEqualTo(RuleId.REQUESTED_AWAITED);
        assertThat(decision.because()).contains("b is asked to lead");
        assertThat(leaderless("b").switchover(new Switchover(null, null, ago(30))).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        assertThat(leaderless("b").peers(new PeerReport.Unreachable(B, "gone")).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void theFormerLeaderLeavesItToAnybodyElseWhoCan() {
        Scene former = leaderless("c").failover(request("a", null));
        assertThat(former.decide().rule()).isEqualTo(RuleId.REQUESTED_AWAITED);
        assertThat(former.peers(new PeerReport.Unreachable(B, "gone")).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }
}
