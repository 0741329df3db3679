package io.tamada.agent.journal;

import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.decision.RuleId;
import io.tamada.core.lease.LeaderLease;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.member.MemberName;
import io.tamada.core.postgres.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds what is new in each snapshot of the loop. A turn that repeats the one before, or differs
/// from it in figures only, gives nothing; and what comes and goes by turns is written down a few
/// times a minute at most.
public final class Chronicle {

    /// Positions, seconds and counts, which move all the time.
    private static final Pattern FIGURES = Pattern.compile("[0-9A-F]+/[0-9A-F]+|[0-9]+");

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST_IN_WINDOW = 5;
    private static final int KINDS_REMEMBERED = 64;

    /// How often the same line came since the window began.
    private record Frequency(Instant since, int times) {}

    private final Map<String, Frequency> frequencies =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Frequency> eldest) {
                    return size() > KINDS_REMEMBERED;
                }
            };
    private String lastDecision = "";
    private @Nullable RuleId lastRule;
    private volatile @Nullable Instant ruleSince;
    private @Nullable Operation lastOperation;
    private @Nullable MemberName lastLeader;
    private boolean leaderSeen;

    /// Since when the rule is in force; null before the first turn. Any thread.
    public @Nullable Instant ruleSince() {
        return ruleSince;
    }

    /// @param at when the snapshot was taken, by the wall clock.
    public List<Event> news(Snapshot snapshot, Instant at) {
        List<Event> events = new ArrayList<>();
        leader(snapshot, at, events);
        operation(snapshot, at, events);
        decision(snapshot, at, events);
        return events;
    }

    private void leader(Snapshot snapshot, Instant at, List<Event> events) {
        if (snapshot.view() == null) {
            return;
        }
        LeaderKey key = snapshot.view().leader();
        MemberName leader = key == null ? null : key.name();
        if (leaderSeen && Objects.equals(leader, lastLeader)) {
            return;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        if (leader != null) {
            fields.put("leader", leader.value());
        }
        if (lastLeader != null) {
            fields.put("before", lastLeader.value());
        }
        fields.put("timeline", snapshot.view().history().current().id());
        events.add(new Event(at, Event.Kind.LEADER, fields));
        leaderSeen = true;
        lastLeader = leader;
    }

    private void operation(Snapshot snapshot, Instant at, List<Event> events) {
        Operation operation = snapshot.postgres().operation();
        if (operation.equals(lastOperation)) {
            return;
        }
        lastOperation = operation;
        Map<String, Object> fields = new LinkedHashMap<>();
        switch (operation) {
            case Operation.Succeeded(Operation.Kind kind, _) -> {
                fields.put("operation", word(kind));
                fields.put("result", "succeeded");
            }
            case Operation.Failed(Operation.Kind kind, _, String reason, int attempt) -> {
                fields.put("operation", word(kind));
                fields.put("result", "failed");
                fields.put("reason", reason);
                fields.put("attempt", attempt);
            }
            case Operation.None _, Operation.Running _ -> {
                return;
            }
        }
        if (isRare("operation " + fields.get("operation") + fields.get("reason"), at)) {
            events.add(new Event(at, Event.Kind.OPERATION, fields));
        }
    }

    private void decision(Snapshot snapshot, Instant at, List<Event> events) {
        RuleId rule = snapshot.decision().rule();
        String because = snapshot.decision().because();
        if (rule != lastRule) {
            lastRule = rule;
            ruleSince = at;
        }
        String decision = rule.code() + " " + FIGURES.matcher(because).replaceAll("#");
        if (decision.equals(lastDecision)) {
            return;
        }
        lastDecision = decision;
        if (!isRare(decision, at)) {
            return;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rule", rule.code());
        fields.put("sentence", rule.sentence());
        if (!because.isEmpty()) {
            fields.put("because", because);
        }
        if (snapshot.postgres().status() != null) {
            fields.put("timeline", snapshot.postgres().status().timeline().id());
        }
        String leader = leaderOf(snapshot);
        if (leader != null) {
            fields.put("leader", leader);
        }
        events.add(new Event(at, Event.Kind.DECISION, fields));
    }

    private static @Nullable String leaderOf(Snapshot snapshot) {
        if (snapshot.lease() instanceof LeaderLease.HeldByOther(MemberName other)) {
            return other.value();
        }
        LeaderKey key = snapshot.view() == null ? null : snapshot.view().leader();
        return key == null ? null : key.name().value();
    }

    private boolean isRare(String line, Instant at) {
        Frequency seen = frequencies.get(line);
        if (seen == null || seen.since().plus(WINDOW).isBefore(at) || at.isBefore(seen.since())) {
            frequencies.put(line, new Frequency(at, 1));
            return true;
        }
        frequencies.put(line, new Frequency(seen.since(), seen.times() + 1));
        return seen.times() < MOST_IN_WINDOW;
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
