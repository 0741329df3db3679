package io.tamada.core.decision;

import static io.tamada.core.Facts.AT_B;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.REMOTE;
import static io.tamada.core.Facts.SYSTEM;
import static io.tamada.core.Facts.answering;
import static io.tamada.core.Facts.config;
import static io.tamada.core.Facts.down;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.member;
import static io.tamada.core.Facts.primaryData;
import static io.tamada.core.Facts.standbyData;
import static io.tamada.core.Facts.standbyStatus;
import static io.tamada.core.decision.Plan.commands;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.Scene;
import io.tamada.core.cluster.FailoverRequest;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.RemoteSource;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ControlState;
import io.tamada.core.postgres.DataDirectory;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.StopMode;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandbyClusterRulesTest {

    /// Holds the lease of a standby cluster, and its server is a standby of another member still.
    static Scene leading() {
        return Scene.leading()
                .config(config().standbyCluster())
                .directory(standbyData(1, 5000))
                .process(answering(standbyStatus(1, 5000)));
    }

    private static MemberRole role(Decision decision) {
        for (Action action : decision.plan()) {
            if (action instanceof Action.PublishMember(var member)) {
                return member.role();
            }
        }
        throw new AssertionError("nothing is published: " + decision);
    }

    @Test
    void theLeaderFollowsTheOtherClusterAndIsNotPromoted() {
        Decision decision = leading().decide();
        assertThat(decision.rule()).isEqualTo(RuleId.STANDBY_LEADER_FOLLOWS);
        assertThat(commands(decision)).contains(new PostgresCommand.Follow(REMOTE));
        assertThat(decision.plan()).startsWith(new Action.RenewLease());
        assertThat(role(decision)).isEqualTo(MemberRole.STANDBY_LEADER);
    }

    @Test
    void withAnArchiveAloneTheFirstInstanceIsMadeByAMethodThatNeedsNoServer() {
        RemoteSource archive =
                new RemoteSource(null, 5432, null, List.of("wal_g"), "fetch %f %p", null, null);
        Scene empty = Scene.empty().holdsInitialization();
        assertThat(commands(empty.config(config().remote(archive).copiesWithoutLeader()).decide()))
                .containsExactly(new PostgresCommand.CopyWithoutLeader());
        Decision none = empty.config(config().remote(archive)).decide();
        assertThat(none.rule()).isEqualTo(RuleId.BOOTSTRAP_FAILED);
        assertThat(none.because()).contains("create_replica_methods");
    }

    @Test
    void aPrimaryWhoseClusterIsToFollowAnotherOneStepsDownAndStartsAsAStandby() {
        Scene scene = Scene.leading().config(config().standbyCluster());
        assertThat(commands(scene.decide()))
                .containsExactly(new PostgresCommand.Stop(StopMode.FAST));
        scene.directory(primaryData(ControlState.SHUT_DOWN, 1, 5000)).process(down());
        assertThat(commands(scene.decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(REMOTE));
    }

    @Test
    void theFirstMemberCopiesTheOtherCluster() {
        Scene scene = Scene.empty().holdsInitialization().config(config().standbyCluster());
        assertThat(commands(scene.decide()).getFirst())
                .isInstanceOfSatisfying(
                        PostgresCommand.Clone.class,
                        clone -> {
                            assertThat(clone.upstream()).isEqualTo(REMOTE);
                            assertThat(clone.slotOn()).isNull();
                        });
        scene.directory(new DataDirectory.Interrupted("clone"));
        assertThat(scene.decide().rule()).isEqualTo(RuleId.BOOTSTRAP_FROM_REMOTE);

        scene.directory(standbyData(1, 5000));
        assertThat(scene.decide().plan()).contains(new Action.AcquireLease());
        scene.lease(new LeaderLease.Held(in(25)));
        assertThat(commands(scene.decide()))
                .containsExactly(new PostgresCommand.StartAsStandby(REMOTE));
        scene.process(answering(standbyStatus(1, 5000)));
        assertThat(scene.decide().plan()).contains(new Action.CompleteInitialization(SYSTEM));
    }

    @Test
    void withTheSettingTakenAwayTheLeaderIsPromoted() {
        assertThat(commands(leading().config(config()).decide()))
                .hasAtLeastOneElementOfType(PostgresCommand.Promote.class);
    }

    @Test
    void theOthersFollowTheStandbyLeader() {
        Scene scene =
                Scene.following()
                        .config(config().standbyCluster())
                        .members(member(B, MemberState.RUNNING, MemberRole.STANDBY_LEADER, 1))
                        .directory(new DataDirectory.Empty())
                        .process(down());
        assertThat(commands(scene.decide())).containsExactly(new PostgresCommand.Clone(B, AT_B));
    }

    @Test
    void inPauseTheLeaderKeepsItsKeyThoughItsServerIsAStandby() {
        assertThat(leading().config(config().standbyCluster().pause()).decide().rule())
                .isEqualTo(RuleId.PAUSED_LEADER);
    }

    @Test
    void aSwitchoverOnlyMovesTheKey() {
        Scene scene =
                SwitchoverRulesTest.asked(null)
                        .config(config().standbyCluster())
                        .directory(standbyData(1, 5000))
                        .process(answering(standbyStatus(1, 5000)));
        assertThat(scene.decide().plan()).singleElement().isInstanceOf(Action.ReleaseLease.class);
    }

    @Test
    void aSwitchoverFromAnotherLeaderIsDoneWhenThisOneLeads() {
        Decision decision =
                leading().failover(new FailoverRequest("b", null, null, null, 9)).decide();
        assertThat(decision.rule()).isEqualTo(RuleId.SWITCHOVER_CLEARED);
        assertThat(decision.plan()).contains(new Action.ClearFailover(9));
    }

    @Test
    void whatIsNotInitialisedYetIsNotABootstrapOfItsOwn() {
        Scene scene = leading().initialization(new Initialization.InProgress(7));
        assertThat(commands(scene.decide())).isEqualTo(List.of());
        assertThat(scene.decide().rule()).isEqualTo(RuleId.BOOTSTRAP_COMPLETE);
    }
}
