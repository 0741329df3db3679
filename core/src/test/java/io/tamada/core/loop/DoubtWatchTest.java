package io.tamada.core.loop;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.timeline;
import static io.tamada.core.Facts.urls;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.decision.Outage;
import io.tamada.core.failover.PeerReport;
import io.tamada.core.failover.StoreDoubt;
import io.tamada.core.lease.LeaseTiming;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A store that goes back, seen from one member.
class DoubtWatchTest {

    private static final LeaseTiming TIMING =
            ClusterConfig.DEFAULTS.timing(ClusterConfig.Company.ONLY_TAMADAS);

    private static final ClusterRecord RECORD =
            new ClusterRecord(
                    SYSTEM,
                    urls(A, B),
                    B,
                    null,
                    timeline(3),
                    5_000,
                    "{}",
                    new ClusterRecord.Failsafe(false, Duration.ofSeconds(30)));

    private final DoubtWatch watch = new DoubtWatch(5_000);

    private static ClusterView view(long revision, int timeline, @Nullable LeaderKey leader) {
        return view(revision, timeline, leader, 40, 41);
    }

    private static ClusterView view(
            long revision,
            int timeline,
            @Nullable LeaderKey leader,
            long syncRevision,
            long failoverRevision) {
        return new ClusterView(
                revision,
                new Initialization.Done(SYSTEM),
                leader,
                List.of(member(B, MemberState.RUNNING, MemberRole.PRIMARY, timeline)),
                null,
                historyTo(timeline),
                1,
                ClusterStatus.EMPTY,
                SyncState.leaderOnly(A),
                syncRevision,
                new FailoverRequest(null, "a", null, null, failoverRevision),
                FailsafeMembers.NONE,
                null);
    }

    private boolean look(ClusterView view, int second) {
        return watch.look(view, RECORD, false, TIMING, at(second));
    }

    private static Monotonic at(int second) {
        return Facts.NOW.plus(Duration.ofSeconds(second));
    }

    @Test
    void aRevisionThatWasReachedBeforeIsADoubtAlsoOnTheSameTimeline() {
        assertThat(look(view(5_000, 3, null), 0)).isFalse();
        assertThat(watch.doubt().kind()).isEqualTo(StoreDoubt.NONE);
        look(view(5_001, 3, null), 1);
        look(view(5_000, 3, null), 2);
        assertThat(watch.doubt().kind()).isEqualTo(StoreDoubt.OUTDATED);
        assertThat(watch.doubt().since()).isEqualTo(at(2));
    }

    @Test
    void anOlderTimelineIsADoubtWhateverTheRevision() {
        look(view(9_000, 2, null), 0);
        assertThat(watch.doubt().kind()).isEqualTo(StoreDoubt.OUTDATED);
    }

    /// Seed 887 of the simulator: the `initialize` key was deleted by hand, and while that was
    /// doubted etcd was restored to a key of a leader of former times.
    @Test
    void aStoreThatIsDoubtedAlreadyMayGoBackOnceMore() {
        look(view(5_100, 3, null), 0);
        ClusterView deleted =
                new ClusterView(
                        5_101,
                        new Initialization.Absent(),
                        new LeaderKey(B, 5_000, 5_000, 7),
                        List.of(),
                        null,
                        historyTo(3),
                        1,
                        ClusterStatus.EMPTY,
                        null,
                        0,
                        null,
                        FailsafeMembers.NONE,
                        null);
        look(deleted, 1);
        look(view(5_102, 3, new LeaderKey(B, 5_000, 5_000, 7)), 2);
        assertThat(watch.doubt().isStale(5_000)).as("only one key is gone").isFalse();
        LeaderKey former = new LeaderKey(A, 4_000, 4_000, 8);
        ClusterView restored = view(4_500, 2, former);
        look(restored, 3);
        assertThat(watch.doubt().since()).isEqualTo(at(3));
        assertThat(watch.doubt().isLeaderStale(restored)).isTrue();
    }

    @Test
    void whatAnOldStoreSaysOfPromisesAndRequestsDoesNotCountButWhatIsWrittenSinceDoes() {
        ClusterView old = view(900, 3, null);
        look(old, 0);
        assertThat(watch.trusted(old).sync()).isNull();
        assertThat(watch.trusted(old).syncRevision()).isEqualTo(40);
        assertThat(watch.trusted(old).failover()).isNull();
        ClusterView rewritten = view(902, 3, null, 901, 902);
        look(rewritten, 1);
        assertThat(watch.trusted(rewritten)).isEqualTo(rewritten);
    }

    @Test
    void aLeaderThatHasRunForATtlSettlesTheDoubt() {
        LeaderKey old = new LeaderKey(B, 7, 7, 7);
        assertThat(look(view(900, 2, old), 0)).isFalse();
        assertThat(look(view(900, 2, old), 60)).as("as old as the store").isFalse();
        LeaderKey leader = new LeaderKey(B, 901, 901, 7);
        assertThat(look(view(902, 2, null), 60)).isFalse();
        assertThat(look(view(903, 2, leader), 61)).isTrue();
        assertThat(watch.doubt().since()).isNull();
        assertThat(watch.newestRevision()).isEqualTo(903);
        assertThat(watch.doubt().kind()).isEqualTo(StoreDoubt.NONE);
    }

    /// Seed 212 of the simulator: a leader whose disk hung led for a ttl and wrote no history; the
    /// next one began a timeline that there had been.
    @Test
    void aLeaderThatHasNotWrittenItsHistorySettlesNothing() {
        LeaderKey leader = new LeaderKey(B, 901, 901, 7);
        ClusterView silent =
                new ClusterView(
                        902,
                        new Initialization.Done(SYSTEM),
                        leader,
                        List.of(member(B, MemberState.RUNNING, MemberRole.PRIMARY, 4)),
                        null,
                        historyTo(2),
                        1,
                        ClusterStatus.EMPTY,
                        null,
                        0,
                        null,
                        FailsafeMembers.NONE,
                        null);
        look(view(900, 2, null), 0);
        assertThat(look(silent, 60)).isFalse();
        assertThat(look(view(903, 4, leader), 61)).isTrue();
    }

    @Test
    void anOldKeyOfALeaderOnTheRecordedTimelineWillDoWhenItHasOutlastedEveryLeaseOfThatTime() {
        LeaderKey old = new LeaderKey(B, 7, 7, 7);
        assertThat(look(view(900, 3, old), 0)).isFalse();
        assertThat(look(view(901, 3, old), 31)).as("a lease that was restored").isFalse();
        assertThat(look(view(901, 3, old), 61)).as("and reset by a new etcd leader").isFalse();
        assertThat(look(view(902, 3, old), 62)).isTrue();
    }

    @Test
    void theNewestTimelineThatAPeerTellsWhileTheStoreIsDoubtedIsRemembered() {
        PeerReport peer =
                new PeerReport.Answered(B, false, timeline(5), lsn(1), MemberTags.NONE, false);
        watch.heard(List.of(peer));
        assertThat(watch.doubt()).isEqualTo(Outage.Doubt.NONE);
        look(view(900, 3, null), 0);
        watch.heard(List.of(peer));
        look(view(901, 3, null), 1);
        watch.heard(List.of(new PeerReport.Unreachable(B, "gone")));
        assertThat(watch.doubt().heard()).isEqualTo(timeline(5));
    }

    @Test
    void aKeyThatIsOlderThanBeforeIsADoubtAlsoWhereTheRevisionHasCaughtUp() {
        look(view(5_000, 3, new LeaderKey(B, 4_900, 4_900, 7)), 0);
        look(view(5_100, 3, new LeaderKey(A, 10, 10, 6)), 1);
        assertThat(watch.doubt().kind()).isEqualTo(StoreDoubt.OUTDATED);
    }

    @Test
    void aDoubtDoesNotEndBecauseRevisionsCatchUp() {
        look(view(900, 3, null), 0);
        look(view(6_000, 3, null), 1);
        assertThat(watch.doubt().since()).isEqualTo(at(0));
    }

    @Test
    void aStoreThatGoesBackOnceMoreIsDoubtedAnew() {
        look(view(900, 3, null), 0);
        look(view(5, 3, null), 9);
        assertThat(watch.doubt().since()).isEqualTo(at(9));
        assertThat(watch.doubt().isStale(6)).isFalse();
    }

    private static ClusterView empty(long revision) {
        return new ClusterView(
                revision,
                new Initialization.Absent(),
                null,
                List.of(),
                null,
                historyTo(1),
                0,
                ClusterStatus.EMPTY,
                null,
                0,
                null,
                FailsafeMembers.NONE,
                null);
    }

    @Test
    void aMemberThatWasInNoClusterYetSeesTooThatTheStoreHasGoneBack() {
        DoubtWatch young = new DoubtWatch(0);
        young.look(empty(50), null, false, TIMING, at(0));
        assertThat(young.doubt().kind()).isEqualTo(StoreDoubt.NONE);
        young.look(empty(3), null, false, TIMING, at(1));
        assertThat(young.doubt().kind()).isEqualTo(StoreDoubt.WIPED);
        young.look(empty(60), null, false, TIMING, at(2));
        assertThat(young.doubt().since()).as("revisions catch up").isEqualTo(at(1));
        young.look(view(10, 1, null), null, false, TIMING, at(3));
        assertThat(young.doubt()).as("there is a cluster to join").isEqualTo(Outage.Doubt.NONE);
        assertThat(young.newestRevision()).isEqualTo(10);
    }

    @Test
    void aRecordedClusterThatIsShownInItsFirstMomentsIsADoubt() {
        ClusterView first =
                new ClusterView(
                        9,
                        new Initialization.InProgress(7),
                        null,
                        List.of(),
                        null,
                        historyTo(1),
                        0,
                        ClusterStatus.EMPTY,
                        null,
                        0,
                        null,
                        FailsafeMembers.NONE,
                        null);
        look(first, 0);
        assertThat(watch.doubt().kind()).isEqualTo(StoreDoubt.OUTDATED);
    }

    @Test
    void whatAnEmptiedStoreHoldsWasWrittenSince() {
        ClusterView promised =
                new ClusterView(
                        9,
                        new Initialization.Absent(),
                        null,
                        List.of(),
                        null,
                        historyTo(1),
                        0,
                        ClusterStatus.EMPTY,
                        SyncState.leaderOnly(B),
                        5,
                        null,
                        FailsafeMembers.NONE,
                        null);
        look(promised, 0);
        assertThat(watch.doubt().kind()).isEqualTo(StoreDoubt.WIPED);
        assertThat(watch.trusted(promised)).isEqualTo(promised);
    }
}
