package io.tamada.core.quorum;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.SyncFacts.connection;
import static io.tamada.core.SyncFacts.primary;
import static io.tamada.core.SyncFacts.published;
import static io.tamada.core.SyncFacts.streams;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.cluster.ClusterConfig.Synchronous;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SynchronousMode;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.ReplicationConnection;
import io.tamada.core.quorum.SyncCandidates.Measure;
import io.tamada.core.quorum.SyncTarget.WhenEmpty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whom the leader a, which has written up to 5000, is to wait for.
class SyncCandidatesTest {

    private final List<Member> members = new ArrayList<>(List.of(replica(B), replica(C)));
    private SyncState published = published(0);
    private SynchronousMode mode = SynchronousMode.ON;
    private boolean strict;
    private int nodeCount = 1;
    private long maximumLag = -1;
    private Set<String> awaited = Set.of();
    private Measure measure = Measure.FLUSHED;
    private @Nullable MemberName rebuilding;

    private SyncTarget choose(ReplicationConnection... connections) {
        return SyncCandidates.choose(
                new Synchronous(mode, strict, nodeCount, maximumLag),
                A,
                members,
                published,
                primary("", connections),
                awaited,
                measure,
                rebuilding);
    }

    private static SyncTarget all(String... names) {
        return new SyncTarget(names.length, List.of(names), WhenEmpty.COMMIT_ALONE);
    }

    private void tag(MemberName name, String tag, Object value) {
        TreeMap<String, Object> tags = new TreeMap<>();
        tags.put(tag, value);
        members.removeIf(m -> m.name().equals(name));
        members.add(Facts.streaming(replica(name), new MemberTags(tags)));
    }

    /// Flushed up to 5000, replayed less.
    private static ReplicationConnection replaying(String name, long replayed) {
        ReplicationConnection flushed = streams(name, 5000);
        return new ReplicationConnection(
                flushed.applicationName(),
                flushed.user(),
                flushed.clientAddress(),
                flushed.state(),
                flushed.syncState(),
                flushed.syncPriority(),
                flushed.sent(),
                flushed.written(),
                flushed.flushed(),
                Facts.lsn(replayed),
                ServerStatus.Lag.UNKNOWN);
    }

    @Test
    void theOneThatHasMostIsChosen() {
        assertThat(choose(streams("b", 4000), streams("c", 4500))).isEqualTo(all("c"));
    }

    @Test
    void whoIsWaitedForIsNotGivenUpForASmallDifference() {
        published = published(0, "b");
        assertThat(choose(streams("b", 4000), streams("c", 4500))).isEqualTo(all("b"));
        maximumLag = 400;
        assertThat(choose(streams("b", 4000), streams("c", 4500))).isEqualTo(all("c"));
    }

    @Test
    void aNewcomerMustBeWithinHalfOfTheBound() {
        maximumLag = 1000;
        assertThat(choose(streams("b", 4400), streams("c", 5000)))
                .as("600 behind")
                .isEqualTo(all("c"));
        nodeCount = 2;
        assertThat(choose(streams("b", 4400), streams("c", 5000))).isEqualTo(all("c"));
        assertThat(choose(streams("b", 4600), streams("c", 5000))).isEqualTo(all("b", "c"));
    }

    @Test
    void theOnlyStandbyIsMeasuredByThePrimary() {
        maximumLag = 1000;
        published = published(0, "b");
        assertThat(choose(streams("b", 4000))).isEqualTo(all("b"));
        assertThat(choose(streams("b", 3999))).isEqualTo(SyncTarget.nobody(WhenEmpty.COMMIT_ALONE));
    }

    @Test
    void withRemoteApplyWhoDoesNotReplayIsTooFarBehind() {
        published = published(0, "b");
        maximumLag = 1000;
        ReplicationConnection[] seen = {replaying("b", 1000), replaying("c", 5000)};
        assertThat(choose(seen)).isEqualTo(all("b"));
        measure = Measure.of("remote_apply");
        assertThat(choose(seen)).isEqualTo(all("c"));
        assertThat(Measure.of("on")).isEqualTo(Measure.FLUSHED);
        assertThat(Measure.of(null)).isEqualTo(Measure.FLUSHED);
    }

    @Test
    void theHigherPriorityComesFirstAndWhoNeverLeadsLast() {
        tag(B, "sync_priority", 2L);
        assertThat(choose(streams("b", 4000), streams("c", 4500))).isEqualTo(all("b"));
        tag(B, "nofailover", true);
        assertThat(choose(streams("b", 5000), streams("c", 4500))).isEqualTo(all("c"));
        assertThat(choose(streams("b", 5000))).isEqualTo(all("b"));
    }

    @Test
    void whoIsTaggedNosyncOrDoesNotStreamIsNoCandidate() {
        tag(C, "nosync", true);
        assertThat(choose(streams("b", 4000), streams("c", 4500))).isEqualTo(all("b"));
        tag(C, "sync_priority", 0L);
        assertThat(choose(streams("b", 4000), streams("c", 4500))).isEqualTo(all("b"));
        assertThat(choose(connection("b", 4000, "catchup"), streams("c", 4500)))
                .isEqualTo(SyncTarget.nobody(WhenEmpty.COMMIT_ALONE));
        assertThat(choose(streams("stranger", 5000)))
                .isEqualTo(SyncTarget.nobody(WhenEmpty.COMMIT_ALONE));
    }

    @Test
    void ofTwoConnectionsOfOneNameTheWorseCounts() {
        nodeCount = 2;
        maximumLag = 1000;
        assertThat(choose(streams("b", 5000), streams("b", 1000), streams("c", 5000)))
                .isEqualTo(all("c"));
    }

    @Test
    void whoWasMissedAMomentAgoIsKept() {
        published = published(0, "b");
        assertThat(choose(streams("c", 5000))).isEqualTo(all("c"));
        awaited = Set.of("b");
        assertThat(choose(streams("c", 5000))).isEqualTo(all("b"));
    }

    @Test
    void inQuorumModeEverybodyCountsAndSoManyMustHaveIt() {
        mode = SynchronousMode.QUORUM;
        assertThat(choose(streams("b", 4000), streams("c", 4500)))
                .isEqualTo(new SyncTarget(1, List.of("b", "c"), WhenEmpty.COMMIT_ALONE));
        nodeCount = 5;
        assertThat(choose(streams("b", 4000), streams("c", 4500))).isEqualTo(all("b", "c"));
    }

    @Test
    void inStrictModeTheLastOnesStayButNotOneThatMustNotCount() {
        strict = true;
        assertThat(choose()).isEqualTo(SyncTarget.nobody(WhenEmpty.WAIT));
        published = published(0, "b");
        assertThat(choose()).isEqualTo(new SyncTarget(1, List.of("b"), WhenEmpty.WAIT));
        tag(B, "nosync", true);
        assertThat(choose()).isEqualTo(SyncTarget.nobody(WhenEmpty.WAIT));
    }

    @Test
    void inStrictModeWhoseDataAreGoneOrAboutToBeReplacedIsNotKept() {
        strict = true;
        published = published(0, "b", "c");
        rebuilding = B;
        assertThat(choose()).isEqualTo(new SyncTarget(1, List.of("c"), WhenEmpty.WAIT));
        members.remove(replica(C));
        members.add(Facts.member(C, MemberState.STOPPED, MemberRole.UNINITIALIZED, 1));
        assertThat(choose()).isEqualTo(SyncTarget.nobody(WhenEmpty.WAIT));
    }

    @Test
    void ofTwoMembersWhoseNamesDifferInCaseNeitherCounts() {
        members.clear();
        members.addAll(Arrays.asList(replica(B), replica(new MemberName("B")), replica(C)));
        assertThat(choose(streams("b", 5000), streams("c", 10))).isEqualTo(all("c"));
    }

    @Test
    void theNamesOfAnotherLeadersKeyAreNotPreferred() {
        published = new SyncState("c", List.of("b"), 0);
        assertThat(choose(streams("b", 4000), streams("c", 4500))).isEqualTo(all("c"));
    }
}
