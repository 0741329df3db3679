package io.tamada.chaos.faults;

import java.util.ArrayList;
import java.util.List;

/// Rows of the table without a test runner, for whoever works on one of them: the same system
/// properties as for [FaultTierTest], and `-Dtamada.faults.seconds=N`, after which no repeat is
/// begun. The rows take turns, so that a short run has something of each; rows with clusters of
/// different kinds are better run apart. Ends with 1 if a repeat failed.
final class FaultMain {

    private static final long NO_END = Long.MAX_VALUE / 1_000_000_000L;

    private FaultMain() {}

    public static void main(String[] arguments) {
        long started = System.nanoTime();
        long length = Long.getLong("tamada.faults.seconds", NO_END) * 1_000_000_000L;
        int failed = 0;
        int passed = 0;
        try (Tier tier = new Tier()) {
            List<Row> rows = possible(tier);
            int most = rows.stream().mapToInt(Tier::repeats).max().orElse(0);
            for (int repeat = 0; repeat < most; repeat++) {
                for (Row row : rows) {
                    if (repeat >= Tier.repeats(row) || System.nanoTime() - started > length) {
                        continue;
                    }
                    if (tier.run(row, repeat).passed()) {
                        passed++;
                    } else {
                        failed++;
                    }
                }
            }
        }
        System.out.printf("%d passed, %d failed%n", passed, failed);
        System.exit(failed == 0 ? 0 : 1);
    }

    private static List<Row> possible(Tier tier) {
        List<Row> rows = new ArrayList<>();
        for (Row row : Tier.chosen()) {
            var hindrance = row.hindrance(tier.machine());
            if (hindrance.isPresent()) {
                System.out.println("skipped " + row.name() + ": " + hindrance.get());
            } else {
                rows.add(row);
            }
        }
        return rows;
    }
}
