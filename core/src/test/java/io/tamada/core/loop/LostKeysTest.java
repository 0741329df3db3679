package io.tamada.core.loop;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.lsn;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.wal.TimelineHistory;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Somebody deletes a key by hand, and the leader that would write it again is gone.
class LostKeysTest {

    private static final LeaderKey LEADER = new LeaderKey(A, 1, 1, 1);
    private static final ClusterStatus STATUS =
            new ClusterStatus(lsn(5000), new TreeMap<>(), List.of());
    private static final SyncState SYNC = new SyncState("a", List.of("b"), 0);

    private final LostKeys keys = new LostKeys();

    private static ClusterView view(
            @Nullable LeaderKey leader, ClusterStatus status, @Nullable SyncState sync) {
        return view(SYSTEM, leader, status, sync);
    }

    private static ClusterView view(
            SystemIdentifier system,
            @Nullable LeaderKey leader,
            ClusterStatus status,
            @Nullable SyncState sync) {
        return new ClusterView(
                7,
                new Initialization.Done(system),
                leader,
                List.of(),
                null,
                TimelineHistory.EMPTY,
                0,
                status,
                sync,
                sync == null ? 0 : 5,
                null,
                FailsafeMembers.NONE,
                null);
    }

    private static final ClusterView BARE = view(null, ClusterStatus.EMPTY, null);

    @Test
    void whatALeaderHasWrittenCountsForThoseWhoWouldFollowIt() {
        keys.complete(view(LEADER, STATUS, SYNC), true, false);
        ClusterView completed = keys.complete(BARE, true, false);
        assertThat(completed.status()).isEqualTo(STATUS);
        assertThat(completed.sync()).isEqualTo(SYNC);
        assertThat(completed.syncRevision()).as("who writes it names what is there").isZero();
    }

    @Test
    void aLeaderSeesThatItHasToWriteItAgain() {
        keys.complete(view(LEADER, STATUS, SYNC), true, false);
        ClusterView bare = view(LEADER, ClusterStatus.EMPTY, null);
        assertThat(keys.complete(bare, true, false)).isSameAs(bare);
        assertThat(keys.complete(BARE, true, false).sync()).isEqualTo(SYNC);
    }

    @Test
    void whoeverTurnsSynchronousModeOffHasTakenThePromiseBack() {
        keys.complete(view(LEADER, STATUS, SYNC), true, false);
        keys.complete(view(LEADER, STATUS, null), false, false);
        assertThat(keys.complete(BARE, true, false).sync()).isNull();
    }

    @Test
    void aStoreThatIsDoubtedAndAnotherClusterAreTakenAsTheyAre() {
        keys.complete(view(LEADER, STATUS, SYNC), true, false);
        assertThat(keys.complete(BARE, true, true).sync()).isNull();
        assertThat(keys.complete(BARE, true, true).status()).isEqualTo(STATUS);
        ClusterView other = view(Facts.OTHER_SYSTEM, null, ClusterStatus.EMPTY, null);
        assertThat(keys.complete(other, true, false)).isSameAs(other);
    }
}
