package io.tamada.chaos.faults;

import io.tamada.chaos.cluster.Ledger.Acknowledged;
import io.tamada.chaos.cluster.Ledger.Failed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;

/// Reads what the writers saw. A timeline is one reign: it has one server, and once a later one has
/// acknowledged anything, an acknowledgement on an earlier one is a split brain, whoever gave it.
/// All instants are of one clock, that of the writers, and of when an answer *arrived*: a late
/// arrival can only look worse than it was.
final class Judge {

    /// Rows that asynchronous replication may lose: acknowledged in the old primary's last moments.
    private static final Duration IN_FLIGHT = Duration.ofSeconds(1);

    private static final int MOST_TOLD = 3;

    private record Reign(String server, long firstNanos, long lastNanos) {}

    private final Evidence evidence;
    private final Expectation expectation;
    private final List<String> complaints = new ArrayList<>();

    private Judge(Evidence evidence, Expectation expectation) {
        this.evidence = evidence;
        this.expectation = expectation;
    }

    static Judgement judge(Evidence evidence, Expectation expectation) {
        return new Judge(evidence, expectation).judge();
    }

    private Judgement judge() {
        SequencedMap<Integer, Reign> reigns = reigns();
        if (reigns.isEmpty()) {
            return new Judgement(0, -1, -1, -1, 0, 0, 0, List.of("nothing was acknowledged"));
        }
        int oldTimeline = timelineBeforeTheFault(reigns);
        Reign old = Objects.requireNonNull(reigns.get(oldTimeline));
        long firstNew = firstAfter(reigns, oldTimeline);
        long overlap = overlap(reigns);
        long afterThaw =
                evidence.thawNanos() != 0
                                && firstNew != Long.MAX_VALUE
                                && old.lastNanos >= evidence.thawNanos()
                        ? millis(old.lastNanos - evidence.thawNanos())
                        : Judgement.NONE;
        judgeOverlap(reigns, overlap, afterThaw);
        judgeLeader(reigns);
        judgeLoss(old);
        judgeFailures();
        Duration outage = evidence.report().longestGap();
        if (outage.compareTo(expectation.outage()) > 0) {
            complaints.add(
                    "no write for %d ms, more than %d"
                            .formatted(outage.toMillis(), expectation.outage().toMillis()));
        }
        return new Judgement(
                overlap,
                millis(old.lastNanos - evidence.faultNanos()),
                firstNew == Long.MAX_VALUE
                        ? Judgement.NONE
                        : millis(firstNew - evidence.faultNanos()),
                afterThaw,
                outage.toMillis(),
                evidence.report().acknowledged().size(),
                evidence.missing().size(),
                complaints);
    }

    private SequencedMap<Integer, Reign> reigns() {
        SequencedMap<Integer, Reign> found = new TreeMap<>();
        for (Acknowledged each : evidence.report().acknowledged()) {
            Reign before = found.get(each.timeline());
            if (before != null && !before.server.equals(each.server())) {
                complaints.add(
                        "timeline %d acknowledged by %s and by %s"
                                .formatted(each.timeline(), before.server, each.server()));
            }
            found.put(
                    each.timeline(),
                    new Reign(
                            each.server(),
                            before == null ? each.ackedNanos() : before.firstNanos,
                            each.ackedNanos()));
        }
        return found;
    }

    private int timelineBeforeTheFault(SequencedMap<Integer, Reign> reigns) {
        int timeline = reigns.firstEntry().getKey();
        for (Acknowledged each : evidence.report().acknowledged()) {
            if (each.ackedNanos() < evidence.faultNanos()) {
                timeline = each.timeline();
            }
        }
        return timeline;
    }

    private static long firstAfter(SequencedMap<Integer, Reign> reigns, int timeline) {
        long first = Long.MAX_VALUE;
        for (var reign : reigns.entrySet()) {
            if (reign.getKey() > timeline) {
                first = Math.min(first, reign.getValue().firstNanos);
            }
        }
        return first;
    }

    private long overlap(SequencedMap<Integer, Reign> reigns) {
        long longest = 0;
        for (var reign : reigns.entrySet()) {
            long next = firstAfter(reigns, reign.getKey());
            if (next != Long.MAX_VALUE) {
                long from = acknowledgedBeforeThaw(reign.getKey(), next) ? next : thawOr(next);
                longest = Math.max(longest, reign.getValue().lastNanos - from);
            }
        }
        // Shorter than the unit is an overlap all the same.
        return longest == 0 ? 0 : Math.max(1, millis(longest));
    }

    private void judgeOverlap(SequencedMap<Integer, Reign> reigns, long overlap, long afterThaw) {
        if (overlap == 0) {
            return;
        }
        if (afterThaw == Judgement.NONE || reigns.size() > 2) {
            complaints.add("two timelines were acknowledged at the same time: " + told(reigns));
            return;
        }
        if (afterThaw > expectation.afterThaw().toMillis()) {
            complaints.add(
                    "acknowledged %d ms after the thaw, more than %d"
                            .formatted(afterThaw, expectation.afterThaw().toMillis()));
        }
        if (acknowledgedBeforeThaw(
                reigns.firstEntry().getKey(), reigns.lastEntry().getValue().firstNanos)) {
            complaints.add("acknowledged while its node was frozen: " + told(reigns));
        }
    }

    /// While its node stands still a server acknowledges nothing: what is between the new
    /// primary's first acknowledgement and the thaw is no part of an overlap, unless it did.
    private boolean acknowledgedBeforeThaw(int timeline, long next) {
        return evidence.report().acknowledged().stream()
                .anyMatch(
                        each ->
                                each.timeline() == timeline
                                        && each.ackedNanos() >= next
                                        && each.ackedNanos() < evidence.thawNanos());
    }

    private long thawOr(long nanos) {
        return evidence.thawNanos() == 0 ? nanos : Math.max(nanos, evidence.thawNanos());
    }

    private String told(SequencedMap<Integer, Reign> reigns) {
        StringBuilder text = new StringBuilder();
        reigns.forEach(
                (timeline, reign) ->
                        text.append(
                                "%s on timeline %d from %d to %d ms; "
                                        .formatted(
                                                reign.server,
                                                timeline,
                                                millis(reign.firstNanos - evidence.faultNanos()),
                                                millis(reign.lastNanos - evidence.faultNanos()))));
        return text.toString();
    }

    private void judgeLeader(SequencedMap<Integer, Reign> reigns) {
        String leader = reigns.lastEntry().getValue().server;
        boolean changed = !leader.equals(evidence.primary());
        switch (expectation.leader()) {
            case CHANGES -> {
                if (!changed) {
                    complaints.add("nobody took over from " + leader);
                }
            }
            case STAYS -> {
                if (changed || reigns.size() > 1) {
                    complaints.add("the leader changed: " + told(reigns));
                }
            }
            case EITHER -> {}
        }
    }

    private void judgeLoss(Reign old) {
        List<Acknowledged> missing =
                switch (expectation.loss()) {
                    case NONE -> evidence.missing();
                    case IN_FLIGHT -> missingBefore(bound(old) - IN_FLIGHT.toNanos());
                    case HELD_BACK -> List.of();
                };
        if (!missing.isEmpty()) {
            complaints.add(
                    "%d acknowledged rows are lost that should not be, such as %s"
                            .formatted(missing.size(), few(missing)));
        }
    }

    private List<Acknowledged> missingBefore(long nanos) {
        return evidence.missing().stream().filter(each -> each.ackedNanos() < nanos).toList();
    }

    /// A frozen server has its last moments before the fault, whatever it said after the thaw, and
    /// one whose postmaster was killed before that.
    private long bound(Reign old) {
        long last = evidence.thawNanos() == 0 ? old.lastNanos : evidence.faultNanos();
        long end = evidence.replicationEndNanos();
        return end == 0 ? last : Math.min(last, end);
    }

    private void judgeFailures() {
        if (expectation.writes() == Expectation.Writes.MAY_FAIL) {
            return;
        }
        List<Failed> failed =
                evidence.report().failed().stream()
                        .filter(each -> each.writer().endsWith(evidence.primary()))
                        .toList();
        if (!failed.isEmpty()) {
            complaints.add(failed.size() + " writes on the primary failed, such as " + few(failed));
        }
    }

    private static String few(List<?> all) {
        return all.subList(0, Math.min(MOST_TOLD, all.size())).toString();
    }

    private static long millis(long nanos) {
        return Math.floorDiv(nanos, 1_000_000L);
    }
}
