package io.tamada.chaos.simulation;

import io.tamada.core.decision.RuleId;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// What one run, or many together, amounted to: idle hours prove nothing.
final class RunReport {

    private static final long RARE_ONE_IN = 25;

    long seeds;
    long virtualNanos;
    long events;
    long ticks;
    long leaderChanges;
    long promotions;
    long acknowledged;
    long lostToFailover;
    long failovers;
    long failoversWithLoss;
    long switchovers;
    long switchoversWithLoss;
    long greatestLossBytes;
    long acknowledgedWhileExcused;

    /// By a primary without a key in etcd, which the others have consented to.
    long acknowledgedByConsent;

    /// Those of them that synchronous mode has promised to keep.
    long promisedByConsent;

    long deadmanQuits;
    long deadmanKills;
    long guardQuits;
    long guardKills;
    long agentExits;
    long operatorWipes;

    /// How often a standby has got WAL from the archive.
    long restored;

    long slowestHealNanos;

    /// How often a cluster has become whole in the middle of a run.
    long lulls;
    final Map<FaultKind, Long> faults = new EnumMap<>(FaultKind.class);
    final Map<Excuse, Long> overlaps = new EnumMap<>(Excuse.class);
    final Map<Excuse, Long> longestExcuses = new EnumMap<>(Excuse.class);

    /// In how many runs each rule was reached.
    final Map<RuleId, Long> rules = new EnumMap<>(RuleId.class);

    void fault(FaultKind kind) {
        faults.merge(kind, 1L, Long::sum);
    }

    /// @param lostBytes of WAL that had been acknowledged and is no part of the new timeline.
    void failover(long lostBytes) {
        failovers++;
        if (lostBytes > 0) {
            failoversWithLoss++;
            greatestLossBytes = Math.max(greatestLossBytes, lostBytes);
        }
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
        failovers += other.failovers;
        failoversWithLoss += other.failoversWithLoss;
        switchovers += other.switchovers;
        switchoversWithLoss += other.switchoversWithLoss;
        greatestLossBytes = Math.max(greatestLossBytes, other.greatestLossBytes);
        acknowledgedWhileExcused += other.acknowledgedWhileExcused;
        acknowledgedByConsent += other.acknowledgedByConsent;
        promisedByConsent += other.promisedByConsent;
        other.overlaps.forEach((excuse, count) -> overlaps.merge(excuse, count, Long::sum));
        deadmanQuits += other.deadmanQuits;
        deadmanKills += other.deadmanKills;
        guardQuits += other.guardQuits;
        guardKills += other.guardKills;
        other.longestExcuses.forEach(this::excused);
        agentExits += other.agentExits;
        operatorWipes += other.operatorWipes;
        restored += other.restored;
        lulls += other.lulls;
        slowestHealNanos = Math.max(slowestHealNanos, other.slowestHealNanos);
        other.faults.forEach((kind, count) -> faults.merge(kind, count, Long::sum));
        other.rules.forEach((rule, runs) -> rules.merge(rule, runs, Long::sum));
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
                "failovers",
                failovers
                        + ", "
                        + failoversWithLoss
                        + " of them with loss, at most "
                        + greatestLossBytes
                        + " bytes");
        line(
                text,
                "switchovers",
                switchovers
                        + " planned, "
                        + switchoversWithLoss
                        + " of them with loss, to who did not stream");
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
        line(
                text,
                "by consent",
                acknowledgedByConsent
                        + " transactions acknowledged without a key in etcd, "
                        + promisedByConsent
                        + " of them in synchronous mode");
        line(text, "deadman", deadmanQuits + " quits, " + deadmanKills + " kills");
        line(text, "guard", guardQuits + " quits, " + guardKills + " kills");
        line(
                text,
                "agents",
                agentExits + " exits, " + operatorWipes + " foreign directories wiped by hand");
        line(text, "archive", restored + " times WAL for a standby");
        line(
                text,
                "slowest healing",
                Trace.seconds(slowestHealNanos) + " s; " + lulls + " in the middle of a run");
        line(text, "rules reached", rules.size() + " of " + RuleId.values().length);
        line(text, "never reached", neverReached());
        line(text, "reached rarely", rarelyReached());
        return text.toString();
    }

    Set<RuleId> neverReached() {
        Set<RuleId> missed = EnumSet.allOf(RuleId.class);
        missed.removeAll(rules.keySet());
        return missed;
    }

    /// Those that a few runs more or less decide about.
    private Map<RuleId, Long> rarelyReached() {
        Map<RuleId, Long> rare = new EnumMap<>(rules);
        rare.values().removeIf(runs -> runs * RARE_ONE_IN > seeds);
        return rare;
    }

    Set<FaultKind> neverInjected() {
        Set<FaultKind> missed = EnumSet.allOf(FaultKind.class);
        missed.removeAll(faults.keySet());
        return missed;
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(String.format("%-16s %s%n", name, value));
    }
}
