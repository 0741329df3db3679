package io.tamada.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The long tier: every row of the table, repeated. `-Dtamada.faults.row=REGEX` chooses rows,
/// `-Dtamada.faults.repeats=N` says how often.
@EnabledIfSystemProperty(named = "tamada.faults", matches = "true")
class FaultTierTest {

    private static Tier tier;

    @BeforeAll
    static void begin() {
        tier = new Tier();
    }

    @AfterAll
    static void end() {
        tier.close();
    }

    @TestFactory
    List<DynamicContainer> rows() {
        List<DynamicContainer> rows = new ArrayList<>();
        for (Row row : Tier.chosen()) {
            rows.add(
                    DynamicContainer.dynamicContainer(
                            row.name(),
                            IntStream.range(0, Tier.repeats(row)).mapToObj(n -> repeat(row, n))));
        }
        return rows;
    }

    private static DynamicTest repeat(Row row, int number) {
        String name = "%s, %s, %d".formatted(row.name(), row.variant(number).name(), number);
        return DynamicTest.dynamicTest(
                name,
                () -> {
                    row.hindrance(tier.machine())
                            .ifPresent(
                                    why -> {
                                        System.out.println("skipped " + name + ": " + why);
                                        Assumptions.abort(why);
                                    });
                    assertThat(tier.run(row, number).judgement().complaints()).isEmpty();
                });
    }
}
