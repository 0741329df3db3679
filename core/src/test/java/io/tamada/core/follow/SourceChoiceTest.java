package io.tamada.core.follow;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.streaming;
import static io.tamada.core.Facts.tags;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.wal.TimelineHistory;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceChoiceTest {

    private static final Member LEADER = primary(B);
    private static final MemberName D = new MemberName("d");

    private static ClusterView view(Member... members) {
        ClusterView empty = ClusterView.EMPTY;
        return new ClusterView(
                1,
                empty.initialization(),
                new LeaderKey(B, 1, 1, 1),
                List.of(members),
                null,
                TimelineHistory.EMPTY,
                0,
                empty.status(),
                null,
                0,
                null,
                FailsafeMembers.NONE,
                null);
    }

    private static MemberName replicatesFrom(MemberName named, Member... others) {
        return SourceChoice.ofReplication(A, named, view(others), LEADER).name();
    }

    private static MemberName copiesFrom(Member... others) {
        return SourceChoice.ofBaseBackup(A, view(others), LEADER).name();
    }

    @Test
    void theNamedMemberIsFollowedWhileItStreams() {
        assertThat(replicatesFrom(C, LEADER, streaming(replica(C), tags()))).isEqualTo(C);
    }

    @Test
    void theLeaderIsFollowedWhenTheNamedOneIsGoneOrDoesNotStreamOrLags() {
        assertThat(replicatesFrom(C, LEADER)).isEqualTo(B);
        assertThat(replicatesFrom(C, LEADER, replica(C))).isEqualTo(B);
        assertThat(
                        replicatesFrom(
                                C,
                                LEADER,
                                streaming(
                                        member(C, MemberState.STARTING, MemberRole.REPLICA, 1),
                                        tags())))
                .isEqualTo(B);
        assertThat(
                        replicatesFrom(
                                C,
                                LEADER,
                                streaming(
                                        member(C, MemberState.RUNNING, MemberRole.REPLICA, 2),
                                        tags())))
                .isEqualTo(B);
    }

    @Test
    void nobodyFollowsItself() {
        assertThat(replicatesFrom(A, LEADER, streaming(replica(A), tags()))).isEqualTo(B);
    }

    @Test
    void membersThatNameEachOtherFollowTheLeader() {
        Member c = streaming(replica(C), tags("replicatefrom", "d"));
        Member d = streaming(replica(D), tags("replicatefrom", "a"));
        assertThat(replicatesFrom(C, LEADER, c, d)).isEqualTo(B);
        Member onward = streaming(replica(D), tags("replicatefrom", "c"));
        assertThat(replicatesFrom(C, LEADER, c, onward)).isEqualTo(C);
    }

    @Test
    void aBaseBackupComesFromAStreamingMemberThatOffersItself() {
        assertThat(copiesFrom(LEADER, streaming(replica(C), tags("clonefrom", true)))).isEqualTo(C);
        assertThat(copiesFrom(LEADER, streaming(replica(C), tags()))).isEqualTo(B);
        assertThat(copiesFrom(LEADER, streaming(replica(A), tags("clonefrom", true)))).isEqualTo(B);
    }
}
