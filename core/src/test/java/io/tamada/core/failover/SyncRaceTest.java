package io.tamada.core.failover;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primaryPeer;
import static io.tamada.core.Facts.primaryStatus;
import static io.tamada.core.Facts.replayingPeer;
import static io.tamada.core.Facts.standbyPeer;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.Facts.tags;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.member.MemberTags;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// We are `a`, at 5000.
class SyncRaceTest {

    private Facts.ConfigBuilder settings = config().synchronous(SynchronousMode.ON);
    private @Nullable SyncState sync;

    private ClusterView view() {
        return new ClusterView(
                1,
                new Initialization.Done(SYSTEM),
                null,
                List.of(),
                null,
                historyTo(1),
                0,
                new ClusterStatus(lsn(5000), new TreeMap<>(), List.of()),
                sync,
                sync == null ? 0 : 9,
                null,
                FailsafeMembers.NONE,
                null);
    }

    private @Nullable String standby(PeerReport... peers) {
        return LeaderRace.whyStandbyMayNotLead(
                A,
                MemberTags.NONE,
                settings.build(),
                view(),
                standbyStatus(1, 5000),
                List.of(peers));
    }

    private @Nullable String primary() {
        return LeaderRace.whyPrimaryMayNotContinue(
                A, settings.build(), view(), primaryStatus(1, 5000), List.of());
    }

    private void published(String leader, int quorum, String... standbys) {
        sync = new SyncState(leader, List.of(standbys), quorum);
    }

    @Test
    void onlyAListedStandbyMayLead() {
        published("b", 0, "c");
        assertThat(standby()).contains("no synchronous standby").contains("etcd key 'sync'");
        published("b", 0, "c", "A");
        assertThat(standby()).isNull();
    }

    @Test
    void nobodyButTheLeaderMayLeadWhereNobodyIsListed() {
        published("b", 0);
        assertThat(standby()).contains("lists none for the leader b");
        settings = config().synchronous(SynchronousMode.QUORUM);
        assertThat(standby()).contains("lists none for the leader b");
        published("A", 0);
        assertThat(standby()).isNull();
        assertThat(standby(standbyPeer(B, 1, 6000))).as("ahead, and may not lead").isNull();
    }

    @Test
    void aKeyThatNobodyHasWrittenRestrictsNobodyAndOneThatNobodyCanReadDoes() {
        assertThat(standby()).isNull();
        sync = SyncState.UNREADABLE;
        assertThat(standby()).isNotNull();
        settings = config();
        assertThat(standby()).as("the mode is off").isNull();
    }

    @Test
    void whoIsAheadByUnacknowledgedCommitsOnlyIsNotWaitedFor() {
        published("b", 0, "a");
        assertThat(standby(standbyPeer(B, 1, 6000))).as("the former leader").isNull();
        assertThat(standby(standbyPeer(C, 1, 6000))).as("not listed").isNull();
        published("b", 0, "a", "c");
        assertThat(standby(standbyPeer(C, 1, 6000))).contains("Wal position of c is ahead");
    }

    @Test
    void theFormerLeaderIsNoReasonToWaitForItsPriorityEither() {
        published("b", 0, "a");
        PeerReport.Answered preferred =
                new PeerReport.Answered(
                        B,
                        false,
                        Facts.timeline(1),
                        lsn(5000),
                        tags("failover_priority", 9),
                        false);
        assertThat(standby(preferred)).isNull();
        sync = null;
        assertThat(standby(preferred)).contains("equally tolerable WAL position and priority 9");
    }

    @Test
    void aPeerThatRunsAsPrimaryKeepsOutWhoeverItIs() {
        published("b", 0, "a");
        assertThat(standby(primaryPeer(B, 1, 5000))).contains("runs as primary");
        assertThat(standby(primaryPeer(C, 1, 5000))).contains("runs as primary");
    }

    @Test
    void aQuorumIsAskedAndNobodyOfItMayBeAhead() {
        settings = config().synchronous(SynchronousMode.QUORUM);
        published("b", 1, "a", "c");
        assertThat(standby()).contains("0 of the 1 votes");
        assertThat(standby(standbyPeer(C, 1, 5000))).isNull();
        assertThat(standby(standbyPeer(C, 1, 5001))).contains("Wal position of c is ahead");
        assertThat(standby(new PeerReport.Unreachable(C, "gone"))).contains("0 of the 1 votes");
        assertThat(standby(standbyPeer(B, 1, 5000))).as("no voter").contains("0 of the 1 votes");
    }

    @Test
    void whoReplaysItsOwnWalHasNoVoteAndIsWaitedForWhereItIsAheadAlready() {
        settings = config().synchronous(SynchronousMode.QUORUM);
        published("b", 1, "a", "c");
        assertThat(standby(replayingPeer(C, 1, 4000)))
                .contains("0 of the 1 votes")
                .contains("still to replay the WAL")
                .endsWith(": c");
        assertThat(standby(replayingPeer(C, 1, 5001))).contains("Wal position of c is ahead");
        assertThat(standby(new PeerReport.Unreachable(C, "gone"))).doesNotContain("replays");
        settings = config().synchronous(SynchronousMode.ON);
        published("b", 0, "a", "c");
        assertThat(standby(replayingPeer(C, 1, 4000))).as("everybody has everything").isNull();
        sync = null;
        assertThat(standby(replayingPeer(C, 1, 4000))).as("nothing is promised").isNull();
        assertThat(standby(replayingPeer(C, 1, 5001))).contains("Wal position of c is ahead");
    }

    @Test
    void whoIsNotListedNeedsOneVoteMore() {
        settings = config().synchronous(SynchronousMode.QUORUM);
        published("b", 0, "c");
        assertThat(standby()).contains("0 of the 1 votes");
        assertThat(standby(standbyPeer(C, 1, 5000))).isNull();
    }

    @Test
    void aQuorumCountsUntilTheLeaderHasChangedItWhateverTheModeIs() {
        published("b", 1, "a", "c");
        assertThat(standby()).contains("0 of the 1 votes");
        assertThat(standby(standbyPeer(C, 1, 4000))).isNull();
    }

    @Test
    void theRecordedLeaderNeedsNoVotesButNobodyAhead() {
        settings = config().synchronous(SynchronousMode.QUORUM);
        published("a", 1, "b", "c");
        assertThat(standby()).isNull();
        assertThat(standby(standbyPeer(C, 1, 6000))).contains("Wal position of c is ahead");
    }

    @Test
    void aPrimaryGoesOnOnlyIfItIsTheOneThatIsRecorded() {
        published("a", 0, "b");
        assertThat(primary()).isNull();
        published("b", 0, "a");
        assertThat(primary()).contains("records b");
        sync = null;
        assertThat(primary()).isNull();
    }
}
