package io.tamada.core.slot;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.ago;
import static io.tamada.core.Facts.lsn;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.member.Member;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.PostgresCommand.CreateSlot;
import io.tamada.core.postgres.PostgresCommand.DropSlot;
import io.tamada.core.postgres.ServerStatus.SlotState;
import io.tamada.core.time.Monotonic;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SlotPlanTest {

    private static List<PostgresCommand> plan(
            List<Member> members, List<SlotState> slots, SortedMap<String, Monotonic> absent) {
        return SlotPlan.of(A, members, slots, absent, NOW, Duration.ofMinutes(30));
    }

    private static SortedMap<String, Monotonic> absent(String slot, Monotonic since) {
        SortedMap<String, Monotonic> absent = new TreeMap<>();
        absent.put(slot, since);
        return absent;
    }

    private static SlotState idle(String name) {
        return new SlotState(name, true, false, lsn(1));
    }

    @Test
    void everyOtherMemberGetsASlotBeforeItStreams() {
        assertThat(plan(List.of(primary(A), replica(B)), List.of(), new TreeMap<>()))
                .containsExactly(new CreateSlot("b"));
    }

    @Test
    void aSlotThatIsThereIsLeftAlone() {
        assertThat(plan(List.of(replica(B)), List.of(idle("b")), new TreeMap<>())).isEmpty();
    }

    @Test
    void theSlotOfAnAbsentMemberIsKeptForMemberSlotsTtl() {
        assertThat(plan(List.of(), List.of(idle("c")), absent("c", ago(1799)))).isEmpty();
        assertThat(plan(List.of(), List.of(idle("c")), absent("c", ago(1800))))
                .containsExactly(new DropSlot("c"));
    }

    @Test
    void aSlotInUseOrALogicalOneIsNeverDropped() {
        var inUse = new SlotState("c", true, true, lsn(1));
        var logical = new SlotState("c", false, false, lsn(1));
        assertThat(plan(List.of(), List.of(inUse), absent("c", ago(9999)))).isEmpty();
        assertThat(plan(List.of(), List.of(logical), absent("c", ago(9999)))).isEmpty();
    }

    @Test
    void aSlotThatNeverBelongedToAMemberIsLeftAlone() {
        assertThat(plan(List.of(), List.of(idle("backup")), new TreeMap<>())).isEmpty();
    }

    @Test
    void whatIsDroppedMakesRoomForWhatIsCreated() {
        assertThat(plan(List.of(replica(B)), List.of(idle("c")), absent("c", ago(9999))))
                .containsExactly(new DropSlot("c"), new CreateSlot("b"));
    }
}
