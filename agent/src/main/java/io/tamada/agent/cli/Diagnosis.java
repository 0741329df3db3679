package io.tamada.agent.cli;

import java.util.ArrayList;
import java.util.List;

/// What was found, a line each: whether it is good, what it is about, and what to do.
final class Diagnosis {

    /// How bad it is.
    enum Grade {
        OK,
        WARN,
        FAIL
    }

    record Finding(Grade grade, String about, String text, String cure) {

        String line() {
            return "%-4s  %s: %s%s\n"
                    .formatted(grade, about, text, cure.isEmpty() ? "" : "; " + cure);
        }
    }

    private final List<Finding> findings = new ArrayList<>();

    void ok(String about, String text) {
        findings.add(new Finding(Grade.OK, about, text, ""));
    }

    /// @param cure what to do.
    void warn(String about, String text, String cure) {
        findings.add(new Finding(Grade.WARN, about, text, cure));
    }

    /// @param cure what to do.
    void fail(String about, String text, String cure) {
        findings.add(new Finding(Grade.FAIL, about, text, cure));
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    int count(Grade grade) {
        return (int) findings.stream().filter(finding -> finding.grade() == grade).count();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        findings.forEach(finding -> text.append(finding.line()));
        return text.toString();
    }
}
