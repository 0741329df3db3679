package io.tamada.core.decision;

import io.tamada.core.failsafe.FailsafeCall;
import io.tamada.core.postgres.PostgresCommand;
import io.tamada.core.postgres.ServerStatus;
import io.tamada.core.slot.SlotPlan;
import io.tamada.core.time.Monotonic;
import io.tamada.core.time.Part;
import io.tamada.core.wal.Lsn;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The pieces of plans that keep a leader without a store.
final class FailsafePlans {

    private FailsafePlans() {}

    /// Whether the others' consent can keep this primary.
    static boolean isPossible(Observation seen) {
        return seen.config().failsafeMode()
                && !seen.outage().voters().isEmpty()
                && seen.postgres().mayBePrimary();
    }

    /// The next round of asking, or null while the last proof is fresh.
    static @Nullable Action round(Observation seen) {
        Monotonic since = seen.outage().leaderSince();
        boolean due = since == null || Plans.passed(seen, since, Part.half(Plans.loopWait(seen)));
        if (!due || !isPossible(seen)) {
            return null;
        }
        SortedMap<String, String> others = new TreeMap<>(seen.outage().voters());
        others.remove(seen.self().name().value());
        return new Action.AskFailsafe(
                new FailsafeCall(
                        seen.self().name(),
                        seen.self().connUrl(),
                        seen.self().apiUrl(),
                        slots(seen.postgres().status())),
                others);
    }

    private static SortedMap<String, Lsn> slots(@Nullable ServerStatus status) {
        SortedMap<String, Lsn> slots = new TreeMap<>();
        if (status != null) {
            for (ServerStatus.SlotState slot : status.slots()) {
                Lsn position = slot.position();
                if (position != null) {
                    slots.put(slot.name(), position);
                }
            }
        }
        return slots;
    }

    /// Slots go on being moved along while the store is away: those of a standby by what its
    /// leader says with each question, and those that a leader keeps for members which stream
    /// from elsewhere by what they answer.
    static List<Action> slotsMoved(Observation seen) {
        ServerStatus status = seen.postgres().status();
        if (status == null || seen.outage().slots().isEmpty()) {
            return List.of();
        }
        SortedMap<String, Lsn> advances =
                SlotPlan.advances(status, seen.outage().slots(), seen.postgres().leaderSlots());
        return advances.isEmpty()
                ? List.of()
                : List.of(Plans.instance(new PostgresCommand.AdvanceSlots(advances)));
    }

    /// What the leader writes to the `failsafe` key; null when it is as it should be.
    static @Nullable Action keyToWrite(Observation seen) {
        var view = seen.view();
        if (view == null) {
            return null;
        }
        SortedMap<String, String> wanted = new TreeMap<>();
        if (seen.config().failsafeMode()) {
            for (var member : view.members()) {
                if (!member.apiUrl().isEmpty()) {
                    wanted.put(member.name().value(), member.apiUrl());
                }
            }
            wanted.put(seen.self().name().value(), seen.self().apiUrl());
        }
        return wanted.equals(view.failsafe().urls()) ? null : new Action.WriteFailsafe(wanted);
    }
}
