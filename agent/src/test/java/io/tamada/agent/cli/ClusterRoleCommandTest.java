package io.tamada.agent.cli;

import static io.tamada.agent.cli.Sights.member;
import static io.tamada.agent.cli.Sights.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.member.Member;
import io.tamada.core.member.MemberRole;
import org.junit.jupiter.api.Test;

class ClusterRoleCommandTest {

    private final Member before = member("a", MemberRole.PRIMARY);

    @Test
    void aClusterIsPromotedWhenItsLeaderRunsAsAPrimary() {
        Member primary = member("b", MemberRole.PRIMARY);

        assertThat(ClusterRoleCommand.isDone(view("b", primary), before, MemberRole.PRIMARY))
                .isTrue();
        assertThat(ClusterRoleCommand.isDone(view(null, primary), before, MemberRole.PRIMARY))
                .isFalse();
        assertThat(
                        ClusterRoleCommand.isDone(
                                view("b", member("b", MemberRole.STANDBY_LEADER)),
                                before,
                                MemberRole.PRIMARY))
                .isFalse();
    }

    @Test
    void aClusterIsDemotedWhenItsOldLeaderIsBackToo() {
        Member leader = member("b", MemberRole.STANDBY_LEADER);
        Member back = member("a", MemberRole.REPLICA);

        assertThat(ClusterRoleCommand.isDone(view("b", leader), before, leader.role())).isFalse();
        assertThat(ClusterRoleCommand.isDone(view("b", leader, back), before, leader.role()))
                .isTrue();
    }
}
