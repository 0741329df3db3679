package io.tamada.core.slot;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.Facts.streaming;
import static io.tamada.core.Facts.tags;
import static io.tamada.core.slot.SlotScene.idle;
import static io.tamada.core.slot.SlotScene.inUse;
import static io.tamada.core.slot.SlotScene.leading;
import static io.tamada.core.slot.SlotScene.logical;
import static io.tamada.core.slot.SlotScene.physical;
import static io.tamada.core.slot.SlotScene.settings;
import static io.tamada.core.slot.SlotScene.standby;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.cluster.SlotSettings.ClusterKind;
import io.tamada.core.cluster.SlotSettings.Logical;
import io.tamada.core.cluster.SlotSettings.Matcher;
import io.tamada.core.cluster.SlotSettings.Permanent;
import io.tamada.core.cluster.SlotSettings.WalBudget;
import io.tamada.core.member.MemberTags;
import io.tamada.core.postgres.PostgresCommand.AdvanceSlots;
import io.tamada.core.postgres.PostgresCommand.CreateLogicalSlot;
import io.tamada.core.postgres.PostgresCommand.CreateSlot;
import io.tamada.core.postgres.PostgresCommand.DropSlot;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.slot.SlotPlan.Reason;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SlotPlanTest {

    private static final long SEGMENT = 16L << 20;

    @Test
    void aLeaderHasASlotForEveryOtherMemberThatStreams() {
        assertThat(leading(primary(A), replica(B), replica(C)).commands())
                .containsExactly(new CreateSlot("b"), new CreateSlot("c"));
        var byArchive = streaming(replica(B), tags("nostream", true));
        assertThat(leading(primary(A), byArchive).commands()).isEmpty();
    }

    @Test
    void aStandbyThatMayLeadKeepsASlotForEveryOtherMemberToo() {
        assertThat(standby(replica(A), primary(B), replica(C)).commands())
                .containsExactly(new CreateSlot("b"), new CreateSlot("c"));
    }

    @Test
    void aStandbyThatNeverLeadsHasSlotsOnlyForThoseWhoStreamFromIt() {
        MemberTags never = tags("nofailover", true);
        var fed = streaming(replica(C), tags("replicatefrom", "a"));
        assertThat(standby(replica(A), primary(B), replica(C)).tags(never).commands()).isEmpty();
        var self = streaming(replica(A), MemberTags.NONE);
        assertThat(standby(self, primary(B), fed).tags(never).commands())
                .containsExactly(new CreateSlot("c"));
    }

    @Test
    void withAMemberSlotsTtlOfZeroOnlyThoseWhoStreamFromHereHaveASlot() {
        SlotSettings zero =
                new SlotSettings(
                        Duration.ZERO, new TreeMap<>(), java.util.List.of(), WalBudget.UNLIMITED);
        assertThat(standby(replica(A), primary(B), replica(C)).settings(zero).commands()).isEmpty();
        assertThat(leading(primary(A), replica(B)).settings(zero).commands())
                .containsExactly(new CreateSlot("b"));
    }

    @Test
    void slotsInReserveFollowWhatTheLeaderSaysAndOneInUseMovesByItself() {
        SlotScene scene =
                standby(replica(A), primary(B), replica(C))
                        .published("b", 4000)
                        .published("c", 3000)
                        .slots(idle("b", 1000), idle("c", 3000));
        assertThat(scene.commands()).containsExactly(new AdvanceSlots(SlotScene.at("b", 4000)));
        var fed = streaming(replica(C), tags("replicatefrom", "a"));
        assertThat(
                        standby(streaming(replica(A), MemberTags.NONE), primary(B), fed)
                                .published("c", 3000)
                                .slots(idle("b", 1000), idle("c", 1000))
                                .commands())
                .isEmpty();
    }

    @Test
    void onTheLeaderTheSlotOfACascadeFollowsItsMembersOwnWord() {
        // Facts puts every member at 5000.
        var fed = streaming(replica(C), tags("replicatefrom", "b"));
        SlotScene scene =
                leading(primary(A), streaming(replica(B), MemberTags.NONE), fed)
                        .slots(inUse("b", 4900), idle("c", 1000));
        assertThat(scene.commands()).containsExactly(new AdvanceSlots(SlotScene.at("c", 5000)));
    }

    @Test
    void theSlotOfAnAbsentMemberStaysUntilItsTimeIsUp() {
        SlotScene scene = leading(primary(A), replica(B)).slots(idle("b", 1), idle("c", 1));
        assertThat(scene.retained("c").commands()).isEmpty();
        SlotPlan plan = scene.expired("c").plan();
        assertThat(plan.commands()).containsExactly(new DropSlot("c"));
        assertThat(plan.notices()).extracting(SlotPlan.Notice::reason).containsOnly(Reason.EXPIRED);
        assertThat(
                        standby(replica(A), primary(B))
                                .publishedRetained("c")
                                .slots(idle("b", 1), idle("c", 1))
                                .commands())
                .isEmpty();
    }

    @Test
    void aStrangerGoesAfterItWasIdleForATtlInOneRole() {
        SlotScene scene = leading(primary(A)).slots(idle("backup", 1));
        assertThat(scene.idleSince(ago(30)).roleSince(ago(30)).reasons())
                .containsExactly(Reason.UNKNOWN);
        assertThat(scene.idleSince(ago(29)).roleSince(ago(30)).commands()).isEmpty();
        assertThat(scene.idleSince(ago(30)).roleSince(ago(29)).commands()).isEmpty();
    }

    @Test
    void whatOthersLookAfterIsLeftAlone() {
        SlotState used = inUse("used", 1);
        SlotState kept =
                new SlotState("k", false, "d", "p", false, lsn(1), lsn(1), false, false, true);
        assertThat(leading(primary(A)).slots(used, kept).oldIdle().commands()).isEmpty();
        SlotSettings ignoring =
                settings(new TreeMap<>(), new Matcher(null, false, "app", "pgoutput"));
        SlotState theirs = logical("theirs", "app", "pgoutput");
        SlotState other = logical("other", "app", "wal2json");
        assertThat(leading(primary(A)).settings(ignoring).slots(theirs, other).oldIdle().commands())
                .containsExactly(new DropSlot("other"));
    }

    @Test
    void permanentSlotsAreMadeWhereTheyBelong() {
        TreeMap<String, Permanent> permanent = new TreeMap<>();
        permanent.put("backup", new Permanent(null, ClusterKind.ANY));
        permanent.put("elsewhere", new Permanent(null, ClusterKind.STANDBY));
        permanent.put("feed", new Permanent(new Logical("app", "pgoutput"), ClusterKind.ANY));
        SlotSettings wanted = settings(permanent);
        assertThat(leading(primary(A)).settings(wanted).commands())
                .containsExactly(
                        new CreateSlot("backup"), new CreateLogicalSlot("feed", "app", "pgoutput"));
        // A copy of a logical slot that nobody moves along would hold back WAL for ever.
        assertThat(standby(replica(A), primary(B)).settings(wanted).commands())
                .containsExactly(new CreateSlot("b"), new CreateSlot("backup"));
    }

    @Test
    void aLogicalSlotThatTheLastLeaderHadIsNotMadeAnewInSilence() {
        TreeMap<String, Permanent> permanent = new TreeMap<>();
        permanent.put("feed", new Permanent(new Logical("app", "pgoutput"), ClusterKind.ANY));
        SlotScene scene = leading(primary(A)).settings(settings(permanent)).published("feed", 4000);
        assertThat(scene.commands()).isEmpty();
        assertThat(scene.reasons()).containsExactly(Reason.LEFT_BEHIND);
        assertThat(SlotPlan.status(scene.facts(), lsn(5000)).slots()).containsKey("feed");
        assertThat(scene.slots(logical("feed", "app", "pgoutput")).reasons()).isEmpty();
    }

    @Test
    void aSlotThatDoesNotServeItsPurposeIsMadeAnew() {
        SlotState lost = physical("b", null, false, true);
        assertThat(leading(primary(A), replica(B)).slots(lost).reasons())
                .containsExactly(Reason.LOST);
        SlotState vacuum = physical("c", lsn(1), true, false);
        assertThat(
                        standby(replica(A), primary(B), replica(C))
                                .slots(idle("b", 1), vacuum)
                                .reasons())
                .containsExactly(Reason.UNFIT);
        SlotState empty = physical("c", null, false, false);
        assertThat(standby(replica(A), primary(B), replica(C)).slots(idle("b", 1), empty).reasons())
                .containsExactly(Reason.UNFIT);
        assertThat(leading(primary(A), replica(B)).slots(logical("b", "app", "pgoutput")).reasons())
                .containsExactly(Reason.UNFIT);
    }

    @Test
    void anIdleSlotThatHoldsBackMoreThanItsBudgetGoesBeforeTheDiskIsFull() {
        SlotSettings byBytes = SlotScene.budget(new WalBudget(1000L, null, Duration.ZERO));
        SlotScene scene = leading(primary(A), replica(B)).settings(byBytes);
        assertThat(scene.slots(idle("b", 4000)).reasons()).isEmpty();
        assertThat(scene.slots(idle("b", 3999)).reasons()).containsExactly(Reason.OVER_BUDGET);
        assertThat(scene.slots(inUse("b", 1)).reasons()).isEmpty();

        SlotSettings byRoom = SlotScene.budget(new WalBudget(null, 50, Duration.ZERO));
        SlotScene half = leading(primary(A), replica(B)).settings(byRoom).slots(idle("b", 1000));
        assertThat(half.reasons()).as("room unknown").isEmpty();
        assertThat(half.walRoom(4000).reasons()).isEmpty();
        assertThat(half.walRoom(3900).reasons()).containsExactly(Reason.OVER_BUDGET);
    }

    @Test
    void theSlotOfAMemberThatStreamsIsNeverOverBudget() {
        SlotSettings budget = SlotScene.budget(new WalBudget(1000L, null, Duration.ofSeconds(1)));
        assertThat(
                        leading(primary(A), streaming(replica(B), MemberTags.NONE))
                                .settings(budget)
                                .slots(idle("b", 1))
                                .oldIdle()
                                .reasons())
                .isEmpty();
    }

    @Test
    void anIdleSlotThatHoldsBackWalForTooLongGoes() {
        SlotSettings hour = SlotScene.budget(new WalBudget(null, null, Duration.ofHours(1)));
        SlotScene scene =
                leading(primary(A), replica(B)).settings(hour).written(SEGMENT + 2).roleSince(NOW);
        assertThat(scene.slots(idle("b", 1)).idleSince(ago(3600)).reasons())
                .containsExactly(Reason.OVER_BUDGET);
        assertThat(scene.idleSince(ago(3599)).reasons()).isEmpty();
        assertThat(scene.slots(idle("b", 2)).idleSince(ago(3600)).reasons()).isEmpty();
    }

    @Test
    void theLeaderPublishesItsOwnPositionAndThatOfEverySlotItAnswersFor() {
        SlotScene scene =
                leading(primary(A), replica(B))
                        .slots(inUse("b", 4900), idle("c", 300), idle("stranger", 1))
                        .retained("c", "b", "a");
        var status = SlotPlan.status(scene.facts(), lsn(5000));
        TreeMap<String, io.tamada.core.wal.Lsn> expected = new TreeMap<>();
        expected.put("a", lsn(5000));
        expected.put("b", lsn(4900));
        expected.put("c", lsn(300));
        assertThat(status.slots()).isEqualTo(expected);
        assertThat(status.retainSlots()).containsExactly("a", "b", "c");
        assertThat(status.optime()).isEqualTo(lsn(5000));
    }

    @Test
    void withoutUseSlotsEverySlotIsAStranger() {
        SlotScene scene = leading(primary(A), replica(B)).slots(idle("b", 1)).oldIdle();
        assertThat(scene.config(config().withoutSlots().build()).commands())
                .containsExactly(new DropSlot("b"));
    }
}
