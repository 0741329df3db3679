package io.tamada.agent.settings;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keys of a dynamic configuration that nobody knows, by the list that `bootstrap.dcs` is held to.
/// They are written as they are, because a Patroni of another version or a script may know them,
/// but a mistyped one is to be seen.
public final class UnknownKeys {

    private UnknownKeys() {}

    /// A sentence for each.
    ///
    /// @param json the dynamic configuration; a text that is no object has none.
    public static List<String> in(String json) {
        YamlValue value = new YamlReader(new Problems()).value(json, "config", null);
        if (!(value instanceof YamlValue.Mapping mapping)) {
            return List.of();
        }
        Problems problems = new Problems();
        DynamicCheck.check(new Section(problems, "", mapping));
        return problems.unknown();
    }

    /// A sentence for each that a change brings.
    ///
    /// @param before null when there is none.
    public static List<String> added(@Nullable String before, String after) {
        List<String> added = new ArrayList<>(in(after));
        if (before != null && !added.isEmpty()) {
            added.removeAll(in(before));
        }
        return added;
    }
}
