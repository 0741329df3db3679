package io.tamada.chaos.bench;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// How `./tamada bench` reaches [Bench] through the build; runs at no other time.
class BenchmarkTest {

    @Test
    @EnabledIfSystemProperty(named = "tamada.bench", matches = "true")
    void printsTheTable() {
        String arguments = System.getProperty("tamada.bench.arguments", "").strip();
        Bench.run(arguments.isEmpty() ? new String[0] : arguments.split("\\s+"));
    }
}
