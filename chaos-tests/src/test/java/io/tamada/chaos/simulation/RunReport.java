package io.tamada.chaos.simulation;

import io.tamada.core.decision.RuleId;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// What one run, or many together, amounted to: idle hours prove nothing.
final class RunReport {

    long seeds;
    long virtualNanos;
    long events;
    long ticks;
    long leaderChanges;
    long promotions;
    long acknowledged;
    long lostToFailover;
    long acknowledgedWhileExcused;
    long deadmanQuits;
    long deadmanKills;
    long guardQuits;
    long guardKills;
    long agentExits;
    long operatorWipes;
    long timelineTwins;
    long slowestHealNanos;
    final Map<FaultKind, Long> faults = new EnumMap<>(FaultKind.class);
    final Map<Excuse, Long> overlaps = new EnumMap<>(Excuse.class);
    final Map<Excuse, Long> longestExcuses = new EnumMap<>(Excuse.class);
    final Set<RuleId> rules = EnumSet.noneOf(RuleId.class);

    void fault(FaultKind kind) {
        faults.merge(kind, 1L, Long::sum);
    }

    void excused(Excuse excuse, long nanos) {
        longestExcuses.merge(excuse, nanos, Math::max);
    }

    long faultCount() {
        long sum = 0;
        for (long count : faults.values()) {
            sum += count;
        }
        return sum;
    }

    double faultsAMinute() {
        return faultCount() / (virtualNanos / 60e9);
    }

    void add(RunReport other) {
        seeds += other.seeds;
        virtualNanos += other.virtualNanos;
        events += other.events;
        ticks += other.ticks;
        leaderChanges += other.leaderChanges;
        promotions += other.promotions;
        acknowledged += other.acknowledged;
        lostToFailover += other.lostToFailover;
        acknowledgedWhileExcused += other.acknowledgedWhileExcused;
        other.overlaps.forEach((excuse, count) -> overlaps.merge(excuse, count, Long::sum));
        deadmanQuits += other.deadmanQuits;
        deadmanKills += other.deadmanKills;
        guardQuits += other.guardQuits;
        guardKills += other.guardKills;
        other.longestExcuses.forEach(this::excused);
        agentExits += other.agentExits;
        operatorWipes += other.operatorWipes;
        timelineTwins += other.timelineTwins;
        slowestHealNanos = Math.max(slowestHealNanos, other.slowestHealNanos);
        other.faults.forEach((kind, count) -> faults.merge(kind, count, Long::sum));
        rules.addAll(other.rules);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "seeds", seeds);
        line(text, "virtual hours", String.format("%.1f", virtualNanos / 3.6e12));
        line(text, "events, ticks", events + ", " + ticks);
        line(text, "faults injected", faultCount() + " " + faults);
        line(text, "faults a minute", String.format("%.2f", faultsAMinute()));
        line(text, "leader changes", leaderChanges + ", promotions " + promotions);
        line(
                text,
                "transactions",
                acknowledged
                        + " acknowledged, "
                        + lostToFailover
                        + " lost to asynchronous replication");
        line(
                text,
                "excused",
                acknowledgedWhileExcused + " transactions acknowledged beyond the lease");
        longestExcuses.forEach(
                (excuse, nanos) ->
                        line(
                                text,
                                "",
                                excuse
                                        + ": at most "
                                        + Trace.seconds(nanos)
                                        + " s, beside another writer "
                                        + overlaps.getOrDefault(excuse, 0L)
                                        + " times"));
        line(text, "deadman", deadmanQuits + " quits, " + deadmanKills + " kills");
        line(text, "guard", guardQuits + " quits, " + guardKills + " kills");
        line(
                text,
                "agents",
                agentExits + " exits, " + operatorWipes + " foreign directories wiped by hand");
        line(text, "cut short", timelineTwins + " runs, by a timeline that was begun twice");
        line(text, "slowest healing", Trace.seconds(slowestHealNanos) + " s");
        line(text, "rules reached", rules.size() + " of " + RuleId.values().length);
        Set<RuleId> missed = EnumSet.allOf(RuleId.class);
        missed.removeAll(rules);
        line(text, "never reached", missed);
        return text.toString();
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(String.format("%-16s %s%n", name, value));
    }
}
