package io.tamada.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tamada.agent.settings.YamlText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How rows are written. Empty cells are left out where each cell carries its name.
enum Format {
    PRETTY,
    TOPOLOGY,
    TSV,
    JSON,
    YAML,
    YML;

    /// For help and completion; the tree of `topology` is a command of its own.
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(values()).filter(f -> f != TOPOLOGY).map(Format::word).iterator();
        }
    }

    static final class Converter implements ITypeConverter<Format> {
        @Override
        public Format convert(String text) {
            for (Format format : values()) {
                if (format != TOPOLOGY && format.word().equals(text.toLowerCase(Locale.ROOT))) {
                    return format;
                }
            }
            throw new TypeConversionException(
                    "found '" + text + "', expected one of " + String.join(", ", new Words()));
        }
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    boolean isForPeople() {
        return this == PRETTY || this == TOPOLOGY;
    }

    /// @param rows text, numbers, or maps (which are written as YAML where this is a table).
    String write(
            String title,
            List<String> columns,
            Set<String> right,
            List<? extends List<Object>> rows,
            boolean keepEmpty) {
        return switch (this) {
            case PRETTY ->
                    new TextTable(title, columns, right, texts(rows, YamlText::block)).text();
            case TOPOLOGY ->
                    new TextTable(title, columns, right, texts(rows, YamlText::flow)).text();
            case TSV -> {
                List<List<String>> lines = new ArrayList<>();
                lines.add(columns);
                lines.addAll(texts(rows, YamlText::flow));
                StringBuilder text = new StringBuilder();
                lines.forEach(line -> text.append(String.join("\t", line)).append('\n'));
                yield text.toString();
            }
            case JSON -> json(named(columns, rows, keepEmpty)) + "\n";
            case YAML, YML -> YamlText.block(named(columns, rows, keepEmpty));
        };
    }

    private static List<List<String>> texts(
            List<? extends List<Object>> rows,
            java.util.function.Function<Object, String> structure) {
        List<List<String>> texts = new ArrayList<>();
        for (List<Object> row : rows) {
            List<String> line = new ArrayList<>();
            for (Object cell : row) {
                line.add(cell instanceof Map ? structure.apply(cell).strip() : cell.toString());
            }
            texts.add(line);
        }
        return texts;
    }

    private static List<Map<String, Object>> named(
            List<String> columns, List<? extends List<Object>> rows, boolean keepEmpty) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (List<Object> row : rows) {
            Map<String, Object> one = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                if (keepEmpty || !row.get(i).toString().isEmpty()) {
                    one.put(columns.get(i), row.get(i));
                }
            }
            all.add(one);
        }
        return all;
    }

    /// With a space after each comma and colon, as Python writes it.
    static String json(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> map -> {
                List<String> parts = new ArrayList<>();
                map.forEach((key, item) -> parts.add(leaf(key) + ": " + json(item)));
                yield "{" + String.join(", ", parts) + "}";
            }
            case List<?> list ->
                    "[" + String.join(", ", list.stream().map(Format::json).toList()) + "]";
            default -> leaf(value);
        };
    }

    private static String leaf(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
