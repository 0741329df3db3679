package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.member.PendingRestart;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RestartOrderTest {

    private static Member member(String name, MemberRole role, String... change) {
        TreeMap<String, PendingRestart.Change> changes = new TreeMap<>();
        for (int i = 0; i < change.length; i += 3) {
            changes.put(change[i], new PendingRestart.Change(change[i + 1], change[i + 2]));
        }
        return new Member(
                new MemberName(name),
                "",
                "",
                MemberState.RUNNING,
                role,
                "4.1.3",
                "id",
                null,
                null,
                null,
                null,
                null,
                null,
                MemberTags.NONE,
                true,
                PendingRestart.of(changes),
                false,
                null,
                null,
                null);
    }

    private static List<String> order(String... change) {
        return RestartOrder.of(
                        List.of(
                                member("a", MemberRole.PRIMARY, change),
                                member("c", MemberRole.REPLICA, change),
                                member("b", MemberRole.REPLICA, change)))
                .stream()
                .map(m -> m.name().value())
                .toList();
    }

    @Test
    void whatIsRaisedIsRaisedOnTheStandbysFirst() {
        assertThat(order("max_connections", "100", "200")).containsExactly("b", "c", "a");
    }

    @Test
    void whatIsLoweredIsLoweredOnThePrimaryFirst() {
        assertThat(order("max_connections", "100", "50")).containsExactly("a", "b", "c");
    }

    @Test
    void whatMattersToThePrimaryAloneAndBothAtOnceBeginWithTheStandbys() {
        assertThat(order("shared_buffers", "100", "50")).containsExactly("b", "c", "a");
        assertThat(order()).containsExactly("b", "c", "a");
        assertThat(order("max_connections", "100", "50", "max_wal_senders", "5", "10"))
                .containsExactly("b", "c", "a");
    }
}
