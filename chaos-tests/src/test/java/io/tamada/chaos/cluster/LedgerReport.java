package io.tamada.chaos.cluster;

import io.tamada.chaos.cluster.Ledger.Acknowledged;
import io.tamada.chaos.cluster.Ledger.Failed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the writers of a [Ledger] have seen, in the order of the acknowledgements.
public record LedgerReport(List<Acknowledged> acknowledged, List<Failed> failed) {

    public LedgerReport {
        failed = List.copyOf(failed);
        acknowledged =
                acknowledged.stream()
                        .sorted(Comparator.comparingLong(Acknowledged::ackedNanos))
                        .toList();
    }

    /// A stretch in which one server alone acknowledged.
    public record Tenure(String server, long firstNanos, long lastNanos, int writes) {

        @Override
        public String toString() {
            return "%s (%d writes in %.2f s)"
                    .formatted(server, writes, (lastNanos - firstNanos) / 1e9);
        }
    }

    /// Two servers that acknowledge at the same time show as many short tenures.
    public List<Tenure> tenures() {
        List<Tenure> found = new ArrayList<>();
        for (Acknowledged each : acknowledged) {
            Tenure last = found.isEmpty() ? null : found.getLast();
            if (last != null && last.server.equals(each.server())) {
                found.removeLast();
                found.add(
                        new Tenure(
                                last.server, last.firstNanos, each.ackedNanos(), last.writes + 1));
            } else {
                found.add(new Tenure(each.server(), each.ackedNanos(), each.ackedNanos(), 1));
            }
        }
        return found;
    }

    /// The part of one writer.
    public LedgerReport of(String writer) {
        return new LedgerReport(
                acknowledged.stream().filter(each -> each.writer().equals(writer)).toList(),
                failed.stream().filter(each -> each.writer().equals(writer)).toList());
    }

    /// The servers of [#tenures()].
    public List<String> servers() {
        return tenures().stream().map(Tenure::server).toList();
    }

    /// The longest time without any acknowledgement between the first and the last.
    public Duration longestGap() {
        long longest = 0;
        for (int i = 1; i < acknowledged.size(); i++) {
            longest =
                    Math.max(
                            longest,
                            acknowledged.get(i).ackedNanos()
                                    - acknowledged.get(i - 1).ackedNanos());
        }
        return Duration.ofNanos(longest);
    }

    /// @return when, or the least of all longs when it never acknowledged.
    public long lastAcknowledgedBy(String server) {
        long last = Long.MIN_VALUE;
        for (Acknowledged each : acknowledged) {
            if (each.server().equals(server)) {
                last = each.ackedNanos();
            }
        }
        return last;
    }

    /// Acknowledged rows that the server does not have.
    public List<Acknowledged> missingOn(TestNode node) {
        Set<String> present;
        try {
            present =
                    new HashSet<>(
                            Sql.column(
                                    node.postgresPort(),
                                    "SELECT writer || '/' || sequence FROM ledger"));
        } catch (SQLException e) {
            throw new AssertionError("cannot read the ledger on " + node, e);
        }
        return acknowledged.stream()
                .filter(each -> !present.contains(each.writer() + "/" + each.sequence()))
                .toList();
    }

    @Override
    public String toString() {
        return acknowledged.size() + " acknowledged writes: " + tenures();
    }
}
