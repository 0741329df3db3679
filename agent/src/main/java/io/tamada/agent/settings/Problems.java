package io.tamada.agent.settings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Everything that is wrong with the settings, collected so that one run reports all of it.
public final class Problems {

    /// One line for the operator, with the place first.
    private record Line(Origin origin, String text) {
        @Override
        public String toString() {
            return origin + ": " + text;
        }
    }

    /// What keeps the agent from starting at all, and what it merely mentions.
    private final List<Line> errors = new ArrayList<>();

    private final List<Line> warnings = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    void error(Origin origin, String key, String found, String expected) {
        errors.add(new Line(origin, prefix(key) + "found " + found + ", expected " + expected));
    }

    /// A setting that Tamada does not have yet and that must not be passed over in silence.
    void notBuilt(Origin origin, String key, String found, String why) {
        errors.add(
                new Line(
                        origin,
                        prefix(key) + "found " + found + ", which is not built yet: " + why));
    }

    void warning(Origin origin, String key, String text) {
        warnings.add(new Line(origin, prefix(key) + text));
    }

    /// @param nearest the known key that it may have been meant to be, as text after a semicolon.
    void unknown(Origin origin, String key, String nearest) {
        warning(origin, key, "unknown key, ignored" + nearest);
        unknown.add(prefix(key) + "unknown key, ignored" + nearest);
    }

    /// The unknown keys alone, without their places.
    List<String> unknown() {
        return List.copyOf(unknown);
    }

    boolean hasErrors() {
        return !errors.isEmpty();
    }

    List<String> errors() {
        return texts(errors);
    }

    List<String> warnings() {
        return texts(warnings);
    }

    private static List<String> texts(List<Line> lines) {
        List<Line> sorted = new ArrayList<>(lines);
        sorted.sort(
                Comparator.comparing((Line line) -> line.origin().source())
                        .thenComparingInt(line -> line.origin().line()));
        List<String> texts = new ArrayList<>();
        for (Line line : sorted) {
            texts.add(line.toString());
        }
        return List.copyOf(texts);
    }

    private static String prefix(String key) {
        return key.isEmpty() ? "" : key + ": ";
    }
}
