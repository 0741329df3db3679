package io.tamada.agent.cli;

import static io.tamada.agent.cli.Sights.member;
import static io.tamada.agent.cli.Sights.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.member.MemberRole;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class RoleChoiceTest {

    private final ClusterView cluster =
            view(
                    "b",
                    member("c", MemberRole.REPLICA),
                    member("b", MemberRole.PRIMARY),
                    member("a", MemberRole.REPLICA));

    private static List<String> names(RoleChoice role, ClusterView view) {
        return role.among(view).stream().map(member -> member.name().value()).toList();
    }

    @Test
    void theLeaderIsWhoHoldsTheKeyAndTheOthersAreStandbys() {
        assertThat(names(RoleChoice.LEADER, cluster)).containsExactly("b");
        assertThat(names(RoleChoice.PRIMARY, cluster)).containsExactly("b");
        assertThat(names(RoleChoice.STANDBY_LEADER, cluster)).isEmpty();
        assertThat(names(RoleChoice.REPLICA, cluster)).containsExactly("a", "c");
        assertThat(names(RoleChoice.STANDBY, cluster)).containsExactly("a", "c");
        assertThat(names(RoleChoice.ANY, cluster)).containsExactly("a", "b", "c");
    }

    @Test
    void theLeaderOfAStandbyClusterIsNoPrimary() {
        ClusterView standby = view("a", member("a", MemberRole.STANDBY_LEADER));

        assertThat(names(RoleChoice.PRIMARY, standby)).isEmpty();
        assertThat(names(RoleChoice.STANDBY_LEADER, standby)).containsExactly("a");
    }

    @Test
    void withoutALeaderEveryMemberIsAStandby() {
        ClusterView leaderless = view(null, member("a", MemberRole.PRIMARY));

        assertThat(names(RoleChoice.LEADER, leaderless)).isEmpty();
        assertThat(names(RoleChoice.REPLICA, leaderless)).containsExactly("a");
    }

    @Test
    void oneMemberIsPickedByNameOrByRoleButNotByBoth() throws Exception {
        assertThat(RoleChoice.pick(cluster, null, null)).isEqualTo(member("b", MemberRole.PRIMARY));
        assertThat(RoleChoice.pick(cluster, RoleChoice.REPLICA, null))
                .isEqualTo(member("a", MemberRole.REPLICA));
        assertThat(RoleChoice.pick(cluster, null, "c")).isEqualTo(member("c", MemberRole.REPLICA));
        assertThat(RoleChoice.pick(cluster, null, "d")).isNull();
        assertThatThrownBy(() -> RoleChoice.pick(cluster, RoleChoice.ANY, "c"))
                .hasMessage("--role and --member are mutually exclusive options");
    }

    @Test
    void oldWordsAreUnderstoodAndOthersAreNot() {
        var words = new RoleChoice.Converter();

        assertThat(words.convert("master")).isEqualTo(RoleChoice.PRIMARY);
        assertThat(words.convert("standby_leader")).isEqualTo(RoleChoice.STANDBY_LEADER);
        assertThatThrownBy(() -> words.convert("king"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("standby-leader");
    }
}
