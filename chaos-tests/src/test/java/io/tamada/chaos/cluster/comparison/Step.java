package io.tamada.chaos.cluster.comparison;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One line of the script.
sealed interface Step {

    /// A request to a node's REST API.
    ///
    /// @param body null for a request that announces none; [Side#ORIGINAL_CONFIG] in it stands for
    ///     the configuration that the cluster began with.
    record Request(
            String chapter,
            String node,
            String method,
            String target,
            @Nullable String body,
            Map<String, String> headers)
            implements Step {

        /// How a difference is found again.
        String name() {
            return chapter
                    + ": "
                    + node
                    + " "
                    + method
                    + " "
                    + target
                    + (body == null ? "" : " " + body)
                    + (headers.isEmpty() ? "" : " with " + headers.keySet());
        }

        /// Without its parameters.
        String path() {
            int query = target.indexOf('?');
            return query < 0 ? target : target.substring(0, query);
        }
    }

    /// A command of `patronictl`, or of `tamada`.
    ///
    /// @param input what is typed, line by line.
    record Command(String chapter, List<String> words, String input) implements Step {

        String name() {
            String typed = input.isEmpty() ? "" : " < " + input.strip().replace("\n", " / ");
            return chapter + ": " + String.join(" ", words) + typed;
        }
    }

    /// What is done or waited for between two of them; nothing is recorded.
    record Then(Consumer<Side> act) implements Step {}
}
