package io.tamada.agent.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Any YAML text, as an operator types it, in the values that Patroni reads from it.
public final class YamlDocument {

    private YamlDocument() {}

    /// What was read, or what is wrong with it.
    public sealed interface Result {

        /// @param value a map with text keys, a list, text, a number, a boolean, or null.
        record Read(@Nullable Object value) implements Result {}

        record Refused(List<String> errors) implements Result {}
    }

    /// @param source what errors call the text.
    public static Result parse(String text, String source) {
        if (text.isBlank()) {
            return new Result.Read(null);
        }
        Problems problems = new Problems();
        YamlValue value = new YamlReader(problems).value(text, source, null);
        return value == null || problems.hasErrors()
                ? new Result.Refused(problems.errors())
                : new Result.Read(plain(value));
    }

    /// What the `PATRONI_*` variables say, as a tree of settings.
    public static Map<String, Object> ofEnvironment(Map<String, String> environment) {
        return YamlValue.plainMap(new Environment(new Problems()).read(environment));
    }

    /// Unlike in an agent's file a null stays: in a change it takes a setting away.
    private static @Nullable Object plain(YamlValue value) {
        return switch (value) {
            case YamlValue.Scalar scalar -> scalar.value();
            case YamlValue.Listing list -> {
                List<@Nullable Object> items = new ArrayList<>();
                list.items().forEach(item -> items.add(plain(item)));
                yield items;
            }
            case YamlValue.Mapping mapping -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                mapping.entries().forEach((key, item) -> map.put(key, plain(item)));
                yield map;
            }
        };
    }
}
