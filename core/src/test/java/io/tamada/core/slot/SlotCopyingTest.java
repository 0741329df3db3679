package io.tamada.core.slot;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.tags;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Facts;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SlotSettings.ClusterKind;
import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.cluster.SlotSettings.Permanent;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.LeaderSlots;
import io.tamada.core.postgres.LeaderSlots.OnLeader;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.postgres.ServerStatus.SlotState;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Copies of the leader b's permanent logical slot `feed` on its standby a.
class SlotCopyingTest {

    private static final Logical FEED = new Logical("app", "pgoutput");

    private static SlotSettings settings() {
        TreeMap<String, Permanent> permanent = new TreeMap<>();
        permanent.put("feed", new Permanent(FEED, ClusterKind.ANY));
        return SlotScene.settings(permanent);
    }

    private static SlotState copy(long confirmed, @Nullable Long xmin) {
        return new SlotState(
                "feed",
                false,
                "app",
                "pgoutput",
                false,
                lsn(confirmed),
                lsn(confirmed),
                false,
                false,
                false,
                xmin);
    }

    /// @param slotXmin of the physical slot of a.
    private static LeaderSlots said(@Nullable Long feedXmin, @Nullable Long slotXmin) {
        TreeMap<String, OnLeader> slots = new TreeMap<>();
        slots.put("feed", new OnLeader("app", "pgoutput", feedXmin, false));
        slots.put("a", new OnLeader(null, null, slotXmin, false));
        return new LeaderSlots(AT_B, true, slots, new TreeSet<>(), new TreeSet<>());
    }

    private static SlotScene standby() {
        return SlotScene.standby(replica(A), primary(B), replica(C))
                .settings(settings())
                .published("feed", 4000)
                .said(said(700L, null));
    }

    private static SortedMap<String, Logical> due(SlotScene scene) {
        return SlotCopying.due(scene.facts());
    }

    @Test
    void aStandbyGetsACopyOfWhatTheLeaderHas() {
        assertThat(due(standby())).containsOnlyKeys("feed");
        assertThat(due(standby().slots(copy(4000, 700L)))).isEmpty();
    }

    @Test
    void nothingIsCopiedThatTheLeaderDoesNotHaveSoOrThatTheServerCannotHold() {
        assertThat(due(standby().said(LeaderSlots.NONE))).isEmpty();
        TreeMap<String, OnLeader> other = new TreeMap<>();
        other.put("feed", new OnLeader("app", "test_decoding", 700L, false));
        assertThat(
                        due(
                                standby()
                                        .said(
                                                new LeaderSlots(
                                                        AT_B,
                                                        true,
                                                        other,
                                                        new TreeSet<>(),
                                                        new TreeSet<>()))))
                .isEmpty();
        assertThat(due(standby().withoutDecoding())).isEmpty();
    }

    @Test
    void whoNeverLeadsAndWhoLivesOnTheArchiveHasNone() {
        assertThat(due(standby().tags(tags("nofailover", true)))).isEmpty();
        assertThat(due(standby().tags(tags("nostream", true)))).isEmpty();
    }

    @Test
    void aCopyThatKeptTheServerFromStartingIsNotMadeAgain() {
        LeaderSlots fine = said(700L, null);
        LeaderSlots spoiled =
                new LeaderSlots(
                        AT_B, true, fine.slots(), new TreeSet<>(), new TreeSet<>(List.of("feed")));
        assertThat(due(standby().said(spoiled))).isEmpty();
        LeaderSlots broken =
                new LeaderSlots(
                        AT_B, true, fine.slots(), new TreeSet<>(List.of("feed")), new TreeSet<>());
        assertThat(due(standby().said(broken).slots(copy(10, 700L)))).containsOnlyKeys("feed");
    }

    @Test
    void feedbackIsNeededByWhoHasCopiesAndByWhoFeedsOne() {
        ClusterConfig config = Facts.config().slots(settings()).build();
        Member fedByA = Facts.streaming(replica(C), tags("replicatefrom", "a"));
        var view = SlotScene.standby(replica(A), primary(B), fedByA).view();
        assertThat(SlotCopying.needsFeedback(A, MemberTags.NONE, view, config)).isTrue();
        assertThat(SlotCopying.needsFeedback(A, tags("nofailover", true), view, config))
                .as("c is fed by it")
                .isTrue();
        var alone = SlotScene.standby(replica(A), primary(B)).view();
        assertThat(SlotCopying.needsFeedback(A, tags("nofailover", true), alone, config)).isFalse();
        assertThat(SlotCopying.needsFeedback(A, MemberTags.NONE, alone, Facts.config().build()))
                .isFalse();
    }

    @Test
    void theSlotOnTheLeaderIsThatOfWhoIsFedByIt() {
        Member cascade = Facts.streaming(replica(C), tags("nofailover", true));
        var view = SlotScene.standby(replica(A), primary(B), cascade).view();
        assertThat(SlotCopying.slotOnLeader(A, MemberTags.NONE, view)).isEqualTo("a");
        assertThat(SlotCopying.slotOnLeader(A, tags("replicatefrom", "c"), view)).isEqualTo("c");
        assertThat(SlotCopying.slotOnLeader(A, tags("replicatefrom", "b"), view)).isEqualTo("a");
        assertThat(SlotCopying.slotOnLeader(A, tags("nostream", true), view)).isNull();
    }

    @Test
    void aCopyFollowsTheLeadersPositionAsFarAsItIsReplayed() {
        assertThat(standby().published("feed", 4500).slots(copy(4000, 700L)).commands())
                .contains(new PostgresCommand.AdvanceSlots(SlotScene.at("feed", 4500)));
        assertThat(standby().published("feed", 4000).slots(copy(4000, 700L)).commands())
                .noneMatch(command -> command instanceof PostgresCommand.AdvanceSlots);
    }

    @Test
    void aLeaderWhoseWalLevelIsTooLowWaitsForItsRestart() {
        SlotScene leader = SlotScene.leading(primary(A)).settings(settings());
        assertThat(leader.commands())
                .containsExactly(new PostgresCommand.CreateLogicalSlot("feed", "app", "pgoutput"));
        assertThat(leader.withoutDecoding().commands()).isEmpty();
    }

    @Test
    void aLeftOverLogicalSlotGoesAtOnceButNotOneThatCameLater() {
        SlotState stale = SlotScene.logical("dummy", "app", "test_decoding");
        SlotScene scene = SlotScene.standby(replica(A), primary(B)).slots(stale);
        assertThat(scene.roleSince(NOW).idleSince(NOW).commands())
                .contains(new PostgresCommand.DropSlot("dummy"));
        assertThat(scene.roleSince(ago(20)).idleSince(ago(10)).commands())
                .doesNotContain(new PostgresCommand.DropSlot("dummy"));
    }

    private static CopyMemory next(CopyMemory before, LeaderSlots said, long xmin, int second) {
        ServerStatus status =
                Facts.decoding(Facts.standbyWithSlots(lsn(5000), List.of(copy(4000, xmin))));
        return before.next(standby().view(), status, settings(), said, "a", in(second));
    }

    @Test
    void aCopyIsInDoubtUntilTheLeadersSlotOfThisMemberKeepsWhatItNeeds() {
        CopyMemory fresh = next(CopyMemory.NONE, LeaderSlots.NONE, 700, 0);
        assertThat(fresh.inDoubt()).containsOnlyKeys("feed");
        CopyMemory notYet = next(fresh, said(710L, null), 700, 1);
        assertThat(notYet.inDoubt()).as("no feedback has arrived").containsOnlyKeys("feed");
        CopyMemory arrived = next(notYet, said(710L, 720L), 700, 2);
        assertThat(arrived.inDoubt())
                .as("rows between 700 and 720 may be gone")
                .containsOnlyKeys("feed");
        assertThat(next(arrived, said(730L, 720L), 719, 3).inDoubt()).isNotEmpty();
        assertThat(next(arrived, said(730L, 720L), 720, 4).inDoubt()).isEmpty();
    }

    @Test
    void whatWasInDoubtWhenTheServerWasPromotedIsDropped() {
        CopyMemory fresh = next(CopyMemory.NONE, LeaderSlots.NONE, 700, 0);
        SlotScene leader =
                SlotScene.leading(primary(A))
                        .settings(settings())
                        .slots(copy(4000, 700L))
                        .copies(fresh);
        assertThat(leader.reasons()).containsExactly(SlotPlan.Reason.UNSAFE);
        assertThat(leader.commands()).contains(new PostgresCommand.DropSlot("feed"));
        assertThat(leader.copies(CopyMemory.NONE).reasons()).isEmpty();
    }
}
