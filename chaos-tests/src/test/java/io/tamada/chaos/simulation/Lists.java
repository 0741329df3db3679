package io.tamada.chaos.simulation;

import io.tamada.core.decision.RuleId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// What people have written down beside the tests: a word on each line, then its story.
final class Lists {

    private Lists() {}

    static List<Long> seedsThatFailedOnce() {
        return firstWords("seeds.txt").stream().map(Long::valueOf).toList();
    }

    static List<RuleId> rulesThatNeedNotBeReached() {
        return firstWords("unreached-rules.txt").stream().map(RuleId::valueOf).toList();
    }

    private static List<String> firstWords(String file) {
        try (InputStream lines = Objects.requireNonNull(Lists.class.getResourceAsStream(file))) {
            return new String(lines.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("\\s+", 2)[0])
                    .toList();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
