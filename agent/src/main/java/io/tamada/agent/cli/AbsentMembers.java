package io.tamada.agent.cli;

import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.member.MemberName;
import io.tamada.core.slot.SlotName;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Members that were there and are not any more: an agent that is gone leaves no key, and a list of
/// keys shows nothing in its place.
final class AbsentMembers {

    /// Who led longer ago and is not there was taken away on purpose.
    private static final Duration LED_LATELY = Duration.ofDays(7);

    private AbsentMembers() {}

    /// What is left of each, by its name or, where only that is known, the name of its slot.
    ///
    /// @param terms who has led, the newest last.
    static SortedMap<String, String> of(ClusterView view, List<LeaderTerm> terms, Instant now) {
        SortedMap<String, String> absent = new TreeMap<>();
        for (LeaderTerm term : terms) {
            String name = term.leader().value();
            if (view.member(name) == null && isLate(term, now)) {
                LeaderTerm.Turn ended = term.ended();
                absent.put(
                        name,
                        ended == null
                                ? "it led from %s and left no reason why that ended"
                                        .formatted(term.began().at())
                                : "it led until " + ended.at());
            }
        }
        TreeSet<String> slots = new TreeSet<>();
        absent.keySet().forEach(name -> slots.add(SlotName.of(new MemberName(name))));
        view.members().forEach(member -> slots.add(SlotName.of(member.name())));
        for (String slot : view.status().retainSlots()) {
            if (slots.add(slot)) {
                absent.put(slot, "the leader keeps its slot");
            }
        }
        return absent;
    }

    private static boolean isLate(LeaderTerm term, Instant now) {
        LeaderTerm.Turn ended = term.ended();
        Instant last = instant(ended == null ? term.began().at() : ended.at());
        return last == null || last.plus(LED_LATELY).isAfter(now);
    }

    private static @Nullable Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException _) {
            return null;
        }
    }
}
