package io.tamada.agent.settings;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes values as YAML 1.1 in the layout that scripts know from Patroni: keys in order, blocks,
/// lists not indented, and quotes only where the text would be read as something else.
///
/// Values are maps with text keys, lists, text, numbers, booleans and null.
public final class YamlText {

    private YamlText() {}

    /// One block, each line ended.
    public static String block(@Nullable Object value) {
        StringBuilder text = new StringBuilder();
        if (isEmptyOrScalar(value)) {
            text.append(flow(value)).append('\n');
        } else {
            write(value, 0, text);
        }
        return text.toString();
    }

    /// One line, as in `{a: 1, b: true}`.
    public static String flow(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> map -> {
                StringBuilder text = new StringBuilder("{");
                ordered(map).forEach((key, item) -> part(text, scalar(key) + ": " + flow(item)));
                yield text.append('}').toString();
            }
            case List<?> list -> {
                StringBuilder text = new StringBuilder("[");
                list.forEach(item -> part(text, flow(item)));
                yield text.append(']').toString();
            }
            default -> scalar(value);
        };
    }

    private static void part(StringBuilder text, String part) {
        text.append(text.length() > 1 ? ", " : "").append(part);
    }

    private static void write(@Nullable Object value, int depth, StringBuilder text) {
        String indent = "  ".repeat(depth);
        if (value instanceof Map<?, ?> map) {
            ordered(map)
                    .forEach(
                            (key, item) -> {
                                text.append(indent).append(scalar(key)).append(':');
                                if (isEmptyOrScalar(item)) {
                                    text.append(' ').append(flow(item)).append('\n');
                                } else {
                                    text.append('\n');
                                    write(item, item instanceof List ? depth : depth + 1, text);
                                }
                            });
        } else if (value instanceof List<?> list) {
            for (Object item : list) {
                StringBuilder inner = new StringBuilder();
                if (isEmptyOrScalar(item)) {
                    inner.append(flow(item)).append('\n');
                } else {
                    write(item, depth + 1, inner);
                }
                text.append(indent).append("- ").append(inner.toString().stripLeading());
            }
        }
    }

    private static Map<String, @Nullable Object> ordered(Map<?, ?> map) {
        Map<String, @Nullable Object> ordered = new TreeMap<>();
        map.forEach((key, value) -> ordered.put(String.valueOf(key), value));
        return ordered;
    }

    private static boolean isEmptyOrScalar(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> map.isEmpty();
            case List<?> list -> list.isEmpty();
            case null, default -> true;
        };
    }

    private static String scalar(Object value) {
        if (!(value instanceof String text)) {
            return String.valueOf(value);
        }
        if (text.chars().anyMatch(c -> c < ' ')) {
            return '"'
                    + text.replace("\\", "\\\\")
                            .replace("\"", "\\\"")
                            .replace("\n", "\\n")
                            .replace("\t", "\\t")
                    + '"';
        }
        boolean plain =
                Yaml11.resolve(text) instanceof String
                        && text.equals(text.strip())
                        && text.matches("[^-?:,\\[\\]{}#&*!|>'\"%@`=].*|-[^ ].*")
                        && !text.matches("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*")
                        && !text.contains(": ")
                        && !text.contains(" #")
                        && !text.endsWith(":")
                        && !text.matches(".*[,\\[\\]{}].*");
        return plain ? text : "'" + text.replace("'", "''") + "'";
    }
}
