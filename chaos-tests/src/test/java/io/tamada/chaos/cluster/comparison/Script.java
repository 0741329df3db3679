package io.tamada.chaos.cluster.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes down the steps of a script, chapter by chapter.
final class Script {

    private final List<Step> steps = new ArrayList<>();
    private final boolean whole;
    private String chapter = "";

    /// @param whole whether the parts for the long tier count.
    Script(boolean whole) {
        this.whole = whole;
    }

    Script chapter(String name) {
        chapter = name;
        return this;
    }

    Script get(String node, String... targets) {
        for (String target : targets) {
            steps.add(new Step.Request(chapter, node, "GET", target, null, Map.of()));
        }
        return this;
    }

    Script ask(String node, String method, String target, @Nullable String body) {
        return ask(node, method, target, body, Map.of());
    }

    Script ask(
            String node,
            String method,
            String target,
            @Nullable String body,
            Map<String, String> headers) {
        steps.add(new Step.Request(chapter, node, method, target, body, headers));
        return this;
    }

    /// A command as it is typed; words are parted by blanks, and `'` holds some together.
    Script type(String line) {
        return type(line, "");
    }

    /// @param input what the command reads.
    Script type(String line, String input) {
        steps.add(new Step.Command(chapter, words(line), input));
        return this;
    }

    /// What is for the long tier only.
    Script whole(Consumer<Script> part) {
        if (whole) {
            part.accept(this);
        }
        return this;
    }

    Script then(Consumer<Side> act) {
        steps.add(new Step.Then(act));
        return this;
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        String[] parts = line.split("'", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i % 2 == 1) {
                words.add(parts[i]);
            } else if (!parts[i].isBlank()) {
                words.addAll(List.of(parts[i].strip().split(" +", -1)));
            }
        }
        return words;
    }
}
