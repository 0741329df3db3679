package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.timeline;
import static io.tamada.core.Facts.urls;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.Scene;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.failsafe.FailsafeBoard.Promise;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.postgres.StopMode;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailsafeRulesTest {

    /// A primary whose store is silent, and which the others may keep.
    static Scene silentLeader(@Nullable Monotonic keptUntil, @Nullable Monotonic since) {
        return Scene.leading()
                .storeAnswers(false)
                .config(config().failsafeMode())
                .lease(new LeaderLease.Unconfirmed(in(25)))
                .outage(leader(null, keptUntil, since));
    }

    static Scene consented(Monotonic until) {
        return Scene.leaderless()
                .config(config().failsafeMode())
                .failsafeKey(A, B)
                .outage(
                        new Outage(
                                new Promise(B, until),
                                null,
                                null,
                                new TreeMap<>(),
                                null,
                                null,
                                null,
                                Outage.Doubt.NONE));
    }

    static Scene keptWithoutKey(Monotonic keptUntil) {
        return Scene.primaryWithoutLease()
                .config(config().failsafeMode())
                .failsafeKey(A, B)
                .outage(leader(null, keptUntil, ago(20)));
    }

    private static Outage leader(
            @Nullable String refusal, @Nullable Monotonic keptUntil, @Nullable Monotonic since) {
        return new Outage(
                null, null, null, urls(A, B, C), refusal, keptUntil, since, Outage.Doubt.NONE);
    }

    private static Outage barred(@Nullable MemberName lastLeader) {
        ClusterRecord record =
                new ClusterRecord(
                        SYSTEM,
                        urls(A, B),
                        lastLeader,
                        null,
                        timeline(1),
                        0,
                        null,
                        new ClusterRecord.Failsafe(true, Duration.ofSeconds(30)));
        return new Outage(
                null, in(10), record, new TreeMap<>(), null, null, null, Outage.Doubt.NONE);
    }

    private static Action.@Nullable AskFailsafe asks(Decision decision) {
        for (Action step : decision.plan()) {
            if (step instanceof Action.AskFailsafe ask) {
                return ask;
            }
        }
        return null;
    }

    @Test
    void aLeaderWithoutAStoreAsksAllTheOthersOnceItsLastProofIsHalfALoopOld() {
        Action.AskFailsafe round = asks(silentLeader(null, ago(5)).decide());
        assertThat(round == null ? new TreeMap<>() : round.others()).isEqualTo(urls(B, C));
        assertThat(asks(silentLeader(null, ago(4)).decide())).isNull();
        assertThat(asks(silentLeader(in(25), ago(4)).decide())).isNull();
        assertThat(asks(silentLeader(in(25), ago(5)).decide())).isNotNull();
    }

    @Test
    void withoutTheModeOrTheKeyNobodyIsAsked() {
        assertThat(asks(silentLeader(null, null).config(config()).decide())).isNull();
        assertThat(silentLeader(null, null).outage(Outage.NONE).decide().rule())
                .isEqualTo(RuleId.STORE_SILENT_LEASE_GOOD);
    }

    @Test
    void slotsAreMovedAlongByWhatTheOthersSay() {
        TreeMap<String, Lsn> told = new TreeMap<>();
        told.put("c", lsn(900));
        told.put("used", lsn(900));
        told.put("behind", lsn(1));
        Outage asking = silentLeader(in(25), ago(1)).observation().outage();
        Outage outage =
                new Outage(
                        asking.promise(),
                        asking.barredUntil(),
                        asking.record(),
                        asking.voters(),
                        asking.refusal(),
                        asking.keptUntil(),
                        asking.leaderSince(),
                        asking.doubt(),
                        told);
        Decision decision =
                silentLeader(in(25), ago(1))
                        .outage(outage)
                        .process(
                                answering(
                                        Facts.primaryWithSlots(
                                                List.of(
                                                        new SlotState("c", true, false, lsn(100)),
                                                        new SlotState("used", true, true, lsn(100)),
                                                        new SlotState(
                                                                "behind", true, false, lsn(100))))))
                        .decide();
        TreeMap<String, Lsn> moved = new TreeMap<>();
        moved.put("c", lsn(900));
        assertThat(decision.plan())
                .contains(new Action.Instance(new PostgresCommand.AdvanceSlots(moved)));
    }

    @Test
    void whoeverIsNotAPrimaryAsksNobody() {
        Scene standby =
                Scene.following()
                        .storeAnswers(false)
                        .config(config().failsafeMode())
                        .lease(new LeaderLease.Unconfirmed(in(25)))
                        .outage(leader(null, null, null));
        assertThat(standby.decide().rule()).isEqualTo(RuleId.STORE_SILENT_LEASE_GOOD);
    }

    @Test
    void aRefusalIsToldAndAtTheDeadlineTheServerStops() {
        Scene refused = silentLeader(null, ago(12)).outage(leader("c: no answer", null, ago(12)));
        assertThat(refused.decide().because()).contains("c: no answer");
        Decision late = refused.lease(new LeaderLease.Unconfirmed(in(10))).decide();
        assertThat(late.rule()).isEqualTo(RuleId.STORE_SILENT_DEADLINE_REACHED);
        assertThat(late.because()).contains("c: no answer");
        assertThat(late.plan())
                .containsExactly(new Action.Instance(new PostgresCommand.Stop(StopMode.FAST)));
    }

    @Test
    void aRenewalThatIsNotProvenIsBackedByTheOthersBeforeItIsTriedAgain() {
        Scene unproven =
                Scene.leading()
                        .config(config().failsafeMode())
                        .failsafeKey(A, B, C)
                        .outage(leader(null, null, ago(8)));
        assertThat(asks(unproven.decide())).isNull();
        assertThat(unproven.unprovenRenewals(1).decide().plan().getFirst())
                .isInstanceOf(Action.AskFailsafe.class);
    }

    @Test
    void theLeaderNamesEveryMemberInTheKeyAndOnlyWhenThatChanges() {
        Scene leading = Scene.leading().config(config().failsafeMode());
        assertThat(leading.decide().plan()).contains(new Action.WriteFailsafe(urls(A, B)));
        assertThat(writesKey(leading.failsafeKey(A, B).decide())).isFalse();
        assertThat(leading.members(primary(A), replica(C)).decide().plan())
                .contains(new Action.WriteFailsafe(urls(A, C)));
    }

    @Test
    void theKeyIsEmptiedWhenTheModeIsOff() {
        SortedMap<String, String> nobody = new TreeMap<>();
        assertThat(Scene.leading().failsafeKey(A, B).decide().plan())
                .contains(new Action.WriteFailsafe(nobody));
        assertThat(writesKey(Scene.leading().decide())).isFalse();
    }

    private static boolean writesKey(Decision decision) {
        for (Action step : decision.plan()) {
            if (step instanceof Action.WriteFailsafe) {
                return true;
            }
        }
        return false;
    }

    @Test
    void whoeverHasConsentedToALeaderDoesNotRace() {
        Decision decision = consented(in(5)).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.RACE_CONSENTED);
        assertThat(decision.because()).contains("b leads without a store");
        assertThat(decision.plan()).doesNotContain(new Action.AcquireLease());
    }

    @Test
    void whatAnEarlierLifeMayHaveConsentedToIsHonoured() {
        Scene restarted = Scene.leaderless().outage(barred(B));
        assertThat(restarted.decide().rule()).isEqualTo(RuleId.RACE_CONSENTED);
        Scene later =
                restarted.outage(
                        new Outage(
                                null, ago(0), null, urls(), null, null, null, Outage.Doubt.NONE));
        assertThat(later.decide().rule()).isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void aStandbyTakesNoKeyOfAFormerLifeBackThatItMayHaveWonAfterItsConsent() {
        Scene standby = Scene.following().lease(new LeaderLease.FormerLife()).outage(barred(B));
        assertThat(standby.decide().rule()).isEqualTo(RuleId.RACE_CONSENTED);
        assertThat(standby.outage(barred(A)).decide().rule())
                .isEqualTo(RuleId.LEADER_ADOPTS_FORMER_LIFE);
        Scene primary = Scene.leading().lease(new LeaderLease.FormerLife()).outage(barred(B));
        assertThat(primary.decide().rule()).isEqualTo(RuleId.LEADER_ADOPTS_FORMER_LIFE);
    }

    @Test
    void whoIsNotNamedInTheKeyIsNotAskedAndMayNotRace() {
        Scene unnamed = Scene.leaderless().config(config().failsafeMode()).failsafeKey(B, C);
        assertThat(unnamed.decide().because()).contains("did not name it in the failsafe key");
        assertThat(unnamed.config(config()).decide().rule()).isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        Scene primary =
                Scene.primaryWithoutLease().config(config().failsafeMode()).failsafeKey(B, C);
        assertThat(primary.decide().rule()).isEqualTo(RuleId.RACE_OUTDATED_PRIMARY);
        assertThat(primary.failsafeKey().decide().rule()).isEqualTo(RuleId.RACE_PRIMARY_CONTINUES);
    }

    @Test
    void aKeptPrimaryTakesAVacantKeyAndGoesDownWhenThatTakesTooLong() {
        assertThat(keptWithoutKey(in(25)).decide().rule()).isEqualTo(RuleId.RACE_PRIMARY_CONTINUES);
        Decision late = keptWithoutKey(in(10)).decide();
        assertThat(late.rule()).isEqualTo(RuleId.RACE_CONSENT_ENDS);
        assertThat(late.plan().getFirst())
                .isEqualTo(new Action.Instance(new PostgresCommand.Stop(StopMode.FAST)));
    }
}
