package io.tamada.core.failover;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.primaryPeer;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.standbyPeer;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.tags;
import static io.tamada.core.Facts.timeline;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ServerStatus;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Table B of Patroni's race, as far as it is built; what is not built keeps out and says so.
class LeaderRaceTest {

    private Facts.ConfigBuilder settings = config();
    private MemberTags tags = MemberTags.NONE;
    private ServerStatus own = standbyStatus(2, 5000);
    private long optime = 5000;

    private ClusterView view() {
        return new ClusterView(
                1,
                new Initialization.Done(SYSTEM),
                null,
                List.of(),
                null,
                historyTo(2),
                0,
                new ClusterStatus(lsn(optime), new TreeMap<>(), List.of()),
                null,
                0,
                null,
                FailsafeMembers.NONE,
                null);
    }

    private @Nullable String standby(PeerReport... peers) {
        ClusterConfig config = settings.build();
        return LeaderRace.whyStandbyMayNotLead(A, tags, config, view(), own, List.of(peers));
    }

    private @Nullable String primary(PeerReport... peers) {
        return LeaderRace.whyPrimaryMayNotContinue(
                A, settings.build(), view(), own, List.of(peers));
    }

    @Test
    void aStandbyThatHasEverythingMayLead() {
        assertThat(standby(standbyPeer(B, 2, 5000), standbyPeer(C, 2, 4000))).isNull();
    }

    @Test
    void unreachablePeersDoNotBlock() {
        assertThat(standby(new PeerReport.Unreachable(B, "refused"))).isNull();
    }

    @Test
    void whoIsTaggedNofailoverMayNotLead() {
        tags = tags("nofailover", true);
        assertThat(standby()).contains("nofailover");
    }

    @Test
    void whoIsTooFarBehindTheLastKnownPositionMayNotLead() {
        settings = config().maximumLag(100);
        optime = 5100;
        assertThat(standby()).isNull();
        optime = 5101;
        assertThat(standby()).contains("101 bytes behind").contains("maximum_lag_on_failover");
    }

    @Test
    void anOldTimelineKeepsOutOnlyWithCheckTimeline() {
        own = standbyStatus(1, 5000);
        assertThat(standby()).isNull();
        settings = config().checkTimeline();
        assertThat(standby()).contains("check_timeline");
    }

    @Test
    void aPeerThatRunsAsPrimaryKeepsOutWhateverItsTags() {
        var tagged =
                new PeerReport.Answered(
                        B, true, timeline(2), lsn(1), tags("nofailover", true), true);
        assertThat(standby(tagged)).contains("b answers and runs as primary");
    }

    @Test
    void aPeerThatIsAheadKeepsOut() {
        assertThat(standby(standbyPeer(B, 2, 5001))).contains("Wal position of b is ahead");
    }

    @Test
    void aNewerTimelineOutranksAnyPosition() {
        assertThat(standby(standbyPeer(B, 3, 1))).contains("Wal position of b is ahead");
        assertThat(standby(standbyPeer(B, 1, 9999))).isNull();
    }

    @Test
    void aPeerOfUnknownTimelineIsComparedByPosition() {
        var ahead = new PeerReport.Answered(B, false, null, lsn(5001), MemberTags.NONE, false);
        assertThat(standby(ahead)).contains("timeline unknown");
    }

    @Test
    void aPeerThatCannotLeadDoesNotKeepOut() {
        var tagged =
                new PeerReport.Answered(
                        B, false, timeline(2), lsn(9999), tags("nofailover", true), false);
        var withoutWatchdog =
                new PeerReport.Answered(C, false, timeline(2), lsn(9999), MemberTags.NONE, true);
        assertThat(standby(tagged, withoutWatchdog)).isNull();
    }

    @Test
    void amongEqualsTheHigherPriorityLeads() {
        var preferred =
                new PeerReport.Answered(
                        B, false, timeline(2), lsn(5000), tags("failover_priority", 2L), false);
        assertThat(standby(preferred)).contains("and priority 2, while this node has priority 1");
        tags = tags("failover_priority", 2L);
        assertThat(standby(preferred)).isNull();
    }

    @Test
    void aPrimaryThatIsUpToDateMayContinue() {
        own = primaryStatus(2, 5000);
        assertThat(primary(standbyPeer(B, 2, 9999), primaryPeer(C, 1, 9999))).isNull();
    }

    @Test
    void aPrimaryOfAnOldTimelineMayNotContinue() {
        own = primaryStatus(1, 9999);
        assertThat(primary()).contains("its timeline 1 is behind the cluster's 2");
    }

    @Test
    void aPrimaryMayNotContinueBesideOneOfANewerTimeline() {
        own = primaryStatus(2, 9999);
        assertThat(primary(primaryPeer(B, 3, 1))).contains("b runs as primary");
    }
}
