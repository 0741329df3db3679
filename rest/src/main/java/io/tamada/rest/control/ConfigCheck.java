package io.tamada.rest.control;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks at a dynamic configuration before it is written.
@FunctionalInterface
public interface ConfigCheck {

    /// @return a sentence for each thing that the server, or this agent, could not work with.
    List<String> mistakes(String json);

    /// What is no mistake, and worth a look all the same.
    ///
    /// @param before the configuration that is in force; null when there is none.
    /// @return a sentence for each thing that the change has brought.
    default List<String> doubts(@Nullable String before, String after) {
        return List.of();
    }

    /// What a change would add to what is wrong. What was wrong before stands in nobody's way: a
    /// pause must be possible whatever a Patroni has let into the configuration.
    ///
    /// @param before the configuration that is in force; null when there is none.
    default List<String> newMistakes(@Nullable String before, String after) {
        List<String> mistakes = new ArrayList<>(mistakes(after));
        if (before != null && !mistakes.isEmpty()) {
            mistakes.removeAll(mistakes(before));
        }
        return mistakes;
    }
}
