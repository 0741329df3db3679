package io.tamada.core.loop;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.historyTo;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.decision.Outage;
import io.tamada.core.failover.StoreDoubt;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.LocalPostgres;
import io.tamada.core.postgres.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whom a request for another leader spares the questions to the others.
class RequestWatchTest {

    private static final FailoverRequest FAILOVER = new FailoverRequest(null, "a", null, null, 60);
    private static final FailoverRequest SWITCHOVER = new FailoverRequest("b", "a", null, null, 60);
    private static final Outage.Doubt DOUBT =
            new Outage.Doubt(StoreDoubt.WIPED, NOW, 0, false, null);

    /// A standby, while there is no leader.
    private static boolean asks(
            @Nullable FailoverRequest request, @Nullable SyncState sync, Outage.Doubt doubt) {
        return asks(List.of(), request, sync, doubt);
    }

    private static boolean asks(
            List<Member> members,
            @Nullable FailoverRequest request,
            @Nullable SyncState sync,
            Outage.Doubt doubt) {
        ClusterView view =
                new ClusterView(
                        1,
                        new Initialization.Done(SYSTEM),
                        null,
                        members,
                        null,
                        historyTo(1),
                        0,
                        ClusterStatus.EMPTY,
                        sync,
                        0,
                        request,
                        FailsafeMembers.NONE,
                        null);
        LocalPostgres standby =
                new LocalPostgres(
                        standbyData(1, 5000),
                        answering(standbyStatus(1, 5000)),
                        new Operation.None());
        return new RequestWatch(() -> NOW).needsPeers(view, standby, A, doubt);
    }

    @Test
    void whoIsAskedForByNameAsksNobody() {
        assertThat(asks(FAILOVER, null, Outage.Doubt.NONE)).isFalse();
        assertThat(asks(SWITCHOVER, null, Outage.Doubt.NONE)).isFalse();
        assertThat(asks(null, null, Outage.Doubt.NONE)).isTrue();
    }

    /// It waited for ever for answers to questions that it never put.
    @Test
    void whoIsNamedByASwitchoverIsComparedAllTheSameWhileTheStoreIsDoubted() {
        assertThat(asks(SWITCHOVER, null, DOUBT)).isTrue();
        assertThat(asks(FAILOVER, null, DOUBT)).as("an operator overrules the doubt").isFalse();
    }

    @Test
    void whoIsNamedByASwitchoverIsComparedWhereNothingMayBeLost() {
        assertThat(asks(SWITCHOVER, SyncState.leaderOnly(A), Outage.Doubt.NONE)).isTrue();
        assertThat(asks(FAILOVER, SyncState.leaderOnly(A), Outage.Doubt.NONE)).isFalse();
    }

    /// Or a switchover would wait a ttl for a former leader that starts as a standby.
    @Test
    void whoIsAskedForByNameAsksThoseWhoseServerMayRun() {
        for (MemberState state : MemberState.values()) {
            boolean runs =
                    state == MemberState.RUNNING
                            || state == MemberState.STARTING
                            || state == MemberState.STOPPING;
            Member former = member(B, state, MemberRole.REPLICA, 1);
            assertThat(asks(List.of(former), SWITCHOVER, null, Outage.Doubt.NONE))
                    .as("%s", state)
                    .isEqualTo(runs);
        }
    }
}
