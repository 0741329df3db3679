package io.tamada.core.decision;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.ofPatroni;
import static io.tamada.core.Facts.timeline;
import static io.tamada.core.Facts.urls;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Somebody has deleted the leader key by hand, and its holder goes on for the rest of its term.
class DeletedLeaderKeyTest {

    private static final ClusterRecord LED_BY_B =
            new ClusterRecord(
                    SYSTEM,
                    urls(A, B),
                    B,
                    null,
                    timeline(1),
                    0,
                    "{}",
                    new ClusterRecord.Failsafe(false, Duration.ofSeconds(30)));

    private static Scene leaderless(Monotonic since, Member other) {
        return Scene.leaderless()
                .members(other)
                .switchover(new Switchover(null, null, since))
                .outage(
                        new Outage(
                                null,
                                null,
                                LED_BY_B,
                                new TreeMap<>(),
                                null,
                                null,
                                null,
                                Outage.Doubt.NONE));
    }

    private static Member b(MemberState state, MemberRole role) {
        return member(B, state, role, 1);
    }

    @Test
    void aPrimaryWhoseRecordOutlivesItsKeyIsWaitedForUntilItsTermHasPassed() {
        Member primary = b(MemberState.RUNNING, MemberRole.PRIMARY);
        Decision early = leaderless(ago(29), primary).decide();
        assertThat(early.rule()).isEqualTo(RuleId.RACE_NOT_OURS);
        assertThat(early.because()).contains("b has lost the leader key, but not its lease");
        assertThat(leaderless(ago(30), primary).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void soIsTheLastLeaderWhoseServerStartsOrStopsOrIsPromoted() {
        for (MemberState state :
                List.of(MemberState.STARTING, MemberState.STOPPING, MemberState.RUNNING)) {
            assertThat(leaderless(ago(1), b(state, MemberRole.REPLICA)).decide().because())
                    .contains("may run as primary");
            Member other = member(C, state, MemberRole.REPLICA, 1);
            assertThat(leaderless(ago(1), other).decide().rule())
                    .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        }
    }

    @Test
    void whoeverSaysThatItIsDownOrAStandbyIsNotWaitedFor() {
        assertThat(leaderless(ago(1), b(MemberState.STOPPED, MemberRole.REPLICA)).decide().rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
        assertThat(
                        leaderless(ago(1), b(MemberState.RUNNING, MemberRole.PRIMARY))
                                .peers(
                                        new PeerReport.Answered(
                                                B,
                                                false,
                                                timeline(1),
                                                lsn(5000),
                                                MemberTags.NONE,
                                                false))
                                .decide()
                                .rule())
                .isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }

    @Test
    void anOperatorWhoNamesAnotherWaitsAsWell() {
        Scene asked =
                leaderless(ago(1), b(MemberState.RUNNING, MemberRole.PRIMARY))
                        .failover(new FailoverRequest(null, A.value(), null, null, 1));
        assertThat(asked.decide().rule()).isEqualTo(RuleId.RACE_NOT_OURS);
    }

    /// It gives the key away before it says that its server is down.
    @Test
    void aPatroniIsNotWaitedFor() {
        Member patroni = ofPatroni(b(MemberState.RUNNING, MemberRole.PRIMARY), "4.0.7");
        assertThat(leaderless(ago(1), patroni).decide().rule()).isEqualTo(RuleId.RACE_WON_BY_RIGHT);
    }
}
