package io.tamada.chaos.cluster.comparison;

import java.util.regex.Pattern;

/// A difference that is meant to be, and is listed in docs/patroni-differences.md.
///
/// @param row how its row there begins.
/// @param against the Patroni it is seen beside.
/// @param with the program of Tamada's operator.
/// @param steps a pattern of the names of steps.
/// @param difference a pattern of a whole line of [Seen#differences(Seen)].
record Expected(String row, Against against, With with, Pattern steps, Pattern difference) {

    enum Against {
        ANY,
        BELOW_4,
        FROM_4;

        boolean covers(int major) {
            return switch (this) {
                case ANY -> true;
                case BELOW_4 -> major < 4;
                case FROM_4 -> major >= 4;
            };
        }
    }

    enum With {
        ANY,
        PATRONICTL,
        TAMADA
    }

    boolean concerns(String operator, String step) {
        return (with == With.ANY || with.name().equalsIgnoreCase(operator))
                && steps.matcher(step).matches();
    }

    boolean explains(String operator, String step, String line) {
        return concerns(operator, step) && difference.matcher(line).matches();
    }

    @Override
    public String toString() {
        return "%s (%s, %s): %s | %s".formatted(row, against, with, steps, difference);
    }
}
