package io.tamada.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tamada.haproxy.ServerState.Admission;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProxyPlanTest {

    private static final ProxyMember ONE = new ProxyMember("one", "10.0.0.1", 5432, 8008);
    private static final ProxyMember TWO = new ProxyMember("two", "10.0.0.2", 5432, 8008);
    private static final ProxyMember THREE = new ProxyMember("three", "10.0.0.3", 5432, 8008);

    @Test
    void aProxyThatIsRightIsLeftAlone() {
        ProxySlots known = ProxySlots.of(List.of(ONE, TWO), 3);

        assertThat(plan(live(known), known, ONE, TWO)).isEqualTo(commands(known));
    }

    @Test
    void aNewMemberTakesTheFirstFreeSlotAndGetsNoConnectionBeforeItsFirstGoodCheck() {
        ProxySlots known = ProxySlots.of(List.of(ONE, TWO), 3);

        var plan = (ProxyPlan.Commands) plan(live(known), known, ONE, TWO, THREE);

        assertThat(plan.commands().subList(0, 5))
                .containsExactly(
                        "set server primary/member3 addr 10.0.0.3 port 5432",
                        "set server primary/member3 check-port 8008",
                        "set server primary/member3 state drain",
                        "set server primary/member3 health down",
                        "set server primary/member3 state ready");
        assertThat(plan.commands().subList(5, 10))
                .allMatch(command -> command.startsWith("set server replicas/member3 "));
        assertThat(plan.commands()).hasSize(10);
        assertThat(plan.after().slotOf("three")).isEqualTo(3);
    }

    @Test
    void aRemovedMembersSessionsAreEndedAndNobodyElseMoves() {
        ProxySlots known = ProxySlots.of(List.of(ONE, TWO, THREE), 3);

        var plan = (ProxyPlan.Commands) plan(live(known), known, ONE, THREE);

        assertThat(plan.commands())
                .containsExactly(
                        "set server primary/member2 state maint",
                        "shutdown sessions server primary/member2",
                        "set server replicas/member2 state maint",
                        "shutdown sessions server replicas/member2");
        assertThat(plan.after().slotOf("three")).isEqualTo(3);
    }

    @Test
    void aMemberThatMovesKeepsItsSlotAndLosesTheSessionsToItsOldAddress() {
        ProxySlots known = ProxySlots.of(List.of(ONE, TWO), 3);
        var moved = new ProxyMember("two", "10.0.0.9", 5432, 8008);

        var plan = (ProxyPlan.Commands) plan(live(known), known, ONE, moved);

        assertThat(plan.commands().subList(0, 3))
                .containsExactly(
                        "set server primary/member2 state maint",
                        "shutdown sessions server primary/member2",
                        "set server primary/member2 addr 10.0.0.9 port 5432");
        assertThat(plan.commands()).noneMatch(command -> command.contains("member1"));
        assertThat(plan.after().taken()).containsEntry(2, moved);
    }

    @Test
    void moreMembersThanSlotsNeedAReloadAndChangeNothingBefore() {
        ProxySlots known = ProxySlots.of(List.of(ONE, TWO), 2);

        var plan = plan(live(known), known, ONE, TWO, THREE);

        assertThat(plan)
                .isEqualTo(
                        new ProxyPlan.ReloadNeeded(
                                "backend primary has no member3: 3 member(s), 2 slot(s)",
                                known.with(List.of(ONE, TWO, THREE))));
    }

    @Test
    void aNewMemberKnownByNameOnlyNeedsAReload() {
        ProxySlots known = ProxySlots.of(List.of(ONE), 3);
        var named = new ProxyMember("four", "pg4.example", 5432, 8008);

        assertThat(plan(live(known), known, ONE, named))
                .isInstanceOfSatisfying(
                        ProxyPlan.ReloadNeeded.class,
                        reload -> assertThat(reload.reason()).contains("pg4.example is a name"));
    }

    @Test
    void aCallerThatForgotTheSlotsRecognisesMembersByTheirAddresses() {
        ProxySlots known = ProxySlots.of(List.of(ONE, TWO, THREE), 4);

        var plan = plan(live(known), ProxySlots.of(List.of(), 0), THREE, TWO, ONE);

        assertThat(plan).isEqualTo(commands(known));
    }

    @Test
    void aPlanThatBrokeOffIsFinishedByTheNextOne() {
        ProxySlots known = ProxySlots.of(List.of(ONE), 2);
        List<ServerState> live = new ArrayList<>(live(known));
        live.replaceAll(
                server ->
                        server.slot() == 2
                                ? state(server.backend(), 2, TWO, Admission.DRAIN)
                                : server);

        var plan = (ProxyPlan.Commands) plan(live, known, ONE, TWO);

        assertThat(plan.commands())
                .startsWith(
                        "set server primary/member2 state drain",
                        "set server primary/member2 health down",
                        "set server primary/member2 state ready")
                .hasSize(6);
    }

    @Test
    void twoMembersOfOneNameAreRefused() {
        assertThatThrownBy(() -> ProxySlots.of(List.of(ONE, ONE), 3))
                .hasMessage("two members are named one");
    }

    @Test
    void theStateOfARunningProxyIsRead() {
        String answer =
                """
                1
                # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state
                3 primary 1 member1 127.0.0.1 0 0 1 1 3 8 2 0 6 0 0 0 - 9001 - 0 9008 - - 9008
                3 primary 2 member2 - 0 32 1 1 3 1 0 0 14 0 0 0 pg.invalid 9001 - 0 9008 - - 9008
                3 primary 3 member3 127.0.0.1 0 5 1 1 3 1 0 0 14 0 0 0 - 1 - 0 1 - - 1
                4 other 1 member1 127.0.0.1 0 5 1 1 3 1 0 0 14 0 0 0 - 1 - 0 1 - - 1
                """;

        assertThat(ServerState.parse(answer))
                .containsExactly(
                        new ServerState(
                                ProxyBackend.PRIMARY,
                                1,
                                null,
                                "127.0.0.1",
                                9001,
                                9008,
                                Admission.READY),
                        new ServerState(
                                ProxyBackend.PRIMARY,
                                2,
                                "pg.invalid",
                                null,
                                9001,
                                9008,
                                Admission.READY),
                        new ServerState(
                                ProxyBackend.PRIMARY,
                                3,
                                null,
                                "127.0.0.1",
                                1,
                                1,
                                Admission.MAINTENANCE));
        assertThatThrownBy(() -> ServerState.parse("2\nsomething else"))
                .hasMessage("servers state of an unknown version: '2'");
    }

    private static ProxyPlan plan(List<ServerState> live, ProxySlots known, ProxyMember... wanted) {
        return ProxyPlan.between(live, known, List.of(wanted));
    }

    private static ProxyPlan commands(ProxySlots after, String... commands) {
        return new ProxyPlan.Commands(List.of(commands), after);
    }

    private static List<ServerState> live(ProxySlots slots) {
        var states = new ArrayList<ServerState>();
        for (ProxyBackend backend : ProxyBackend.values()) {
            for (int slot = 1; slot <= slots.capacity(); slot++) {
                ProxyMember member = slots.taken().get(slot);
                states.add(
                        member == null
                                ? new ServerState(
                                        backend,
                                        slot,
                                        null,
                                        "127.0.0.1",
                                        1,
                                        1,
                                        Admission.MAINTENANCE)
                                : state(backend, slot, member, Admission.READY));
            }
        }
        return states;
    }

    private static ServerState state(
            ProxyBackend backend, int slot, ProxyMember member, Admission admission) {
        return new ServerState(
                backend,
                slot,
                null,
                member.host(),
                member.postgresPort(),
                member.restPort(),
                admission);
    }
}
