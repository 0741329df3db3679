package io.tamada.core.slot;

import static io.tamada.core.Facts.A;
import static io.tamada.core.Facts.B;
import static io.tamada.core.Facts.C;
import static io.tamada.core.Facts.NOW;
import static io.tamada.core.Facts.in;
import static io.tamada.core.Facts.primary;
import static io.tamada.core.Facts.replica;
import static io.tamada.core.slot.SlotScene.idle;
import static io.tamada.core.slot.SlotScene.inUse;
import static io.tamada.core.slot.SlotScene.leading;
import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.SlotSettings;
import io.tamada.core.time.Monotonic;
import org.junit.jupiter.api.Test;

class SlotMemoryTest {

    private static SlotMemory next(SlotMemory memory, SlotScene scene, Monotonic now) {
        SlotFacts facts = scene.facts();
        return memory.next(facts.view(), facts.status(), facts.leads(), SlotSettings.DEFAULTS, now);
    }

    @Test
    void aLeaderKeepsItsOwnNameAndThoseOfMembersThatHaveASlotHere() {
        SlotScene scene =
                leading(primary(A), replica(B), replica(C)).slots(inUse("b", 1), idle("other", 1));
        SlotMemory memory = next(SlotMemory.NONE, scene, NOW);
        assertThat(memory.claimedAt()).containsOnlyKeys("a", "b");
    }

    @Test
    void theSlotOfAMemberThatIsGoneExpiresAfterMemberSlotsTtlAndComesBackWithIt() {
        SlotScene all = leading(primary(A), replica(B)).slots(idle("b", 1));
        SlotScene alone = leading(primary(A)).slots(idle("b", 1));
        SlotMemory memory = next(next(SlotMemory.NONE, all, NOW), alone, in(1799));
        assertThat(memory.claimedAt()).containsKey("b");
        memory = next(memory, alone, in(1800));
        assertThat(memory.claimedAt()).doesNotContainKey("b");
        assertThat(memory.expired()).containsExactly("b");
        memory = next(memory, all, in(1801));
        assertThat(memory.claimedAt()).containsKey("b");
        assertThat(memory.expired()).isEmpty();
    }

    @Test
    void aNewLeaderTakesOverWhatTheLastOneKeptAndCountsFromItsElection() {
        SlotScene scene = leading(primary(A)).publishedRetained("b").slots(idle("b", 1));
        SlotMemory memory = next(SlotMemory.NONE, scene, NOW);
        assertThat(memory.claimedAt()).containsEntry("b", NOW);
        // What was let go is not taken up again from a record that has not been written anew yet.
        memory = next(memory, scene, in(1800));
        assertThat(memory.claimedAt()).doesNotContainKey("b");
        assertThat(next(memory, scene, in(1801)).claimedAt()).doesNotContainKey("b");
    }

    @Test
    void anIdleSlotIsIdleFromWhenItWasFirstSeenSo() {
        SlotScene quiet = leading(primary(A)).slots(idle("b", 1));
        SlotMemory memory = next(next(SlotMemory.NONE, quiet, NOW), quiet, in(5));
        assertThat(memory.idleSince()).containsEntry("b", NOW);
        assertThat(memory.sameRoleSince()).isEqualTo(NOW);
        memory = next(memory, leading(primary(A)).slots(inUse("b", 1)), in(6));
        assertThat(memory.idleSince()).isEmpty();
        memory = next(memory, SlotScene.standby(replica(A), primary(B)), in(7));
        assertThat(memory.sameRoleSince()).isEqualTo(in(7));
        assertThat(memory.claimedAt()).isEmpty();
    }
}
