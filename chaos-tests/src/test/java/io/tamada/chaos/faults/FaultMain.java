package io.tamada.chaos.faults;

import java.util.List;

/// Rows of the table without a test runner, for whoever works on one of them: the same system
/// properties as for [FaultTierTest]. Ends with 1 if a repeat failed.
final class FaultMain {

    private FaultMain() {}

    public static void main(String[] arguments) {
        int failed = 0;
        int passed = 0;
        try (Tier tier = new Tier()) {
            List<Row> rows = Tier.chosen();
            for (Row row : rows) {
                var hindrance = row.hindrance(tier.machine());
                if (hindrance.isPresent()) {
                    System.out.println("skipped " + row.name() + ": " + hindrance.get());
                    continue;
                }
                for (int repeat = 0; repeat < Tier.repeats(row); repeat++) {
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
}
